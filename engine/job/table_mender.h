#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "crew/worker.h"
#include "postgres/connection.h"
#include "postgres/copy_out.h"
#include "rows/buckets.h"
#include "rows/compared_table.h"
#include "rows/finder.h"
#include "rows/pair_rows.h"
#include "rows/vanished_numbers.h"
#include "verify/digest.h"

namespace pghaul::job {

/// Makes the rows of one table of the target those of the source, in a SyncWriter's transaction: the places
/// of rows that have vanished or changed, and the source's rows, wait in temporary tables. Then the former
/// are deleted, and the latter inserted. So a unique value may go from one row to another.
///
/// Rows are found by their places in both states, so that it makes no difference what the key is, or if there
/// is one. A row that was written since does not lie there any more: then nothing of the table is changed.
/// Ownership  none of table and connections.
/// Threads    one at a time from begin() on, as there is one connection that writes; read_where(),
///            divide_keys() and find_vanished() by several.
class TableMender {
 public:
  /// The connection to the source that rows come from, and the worker that it belongs to.
  struct Reader {
    crew::Worker& worker;
    postgres::Connection& source;
  };
  /// A part of the keys, among which vanished ones are looked for.
  struct KeyShare {
    std::optional<rows::Numbers> numbers;  // where the keys are dense numbers
    std::vector<rows::Range> ranges;       // otherwise
  };

  /// `target`: where rows go; a tree's root, or the table itself. `staged`: the columns that are fetched:
  /// generated ones among them are compared with what the target computes. `number`: another for each table
  /// of a transaction.
  TableMender(const rows::ComparedTable& table, const catalog::Relation& target,
              const std::vector<catalog::Column>& staged, std::size_t number);

  /// `writer`: outlives it. `locks`: otherwise what others write meanwhile is not kept out.
  [[nodiscard]] Status begin(postgres::Connection& writer, bool locks);
  [[nodiscard]] Status take(const std::vector<rows::Difference>& differences, const Reader& reader);
  /// Begins to read the source's rows for which the condition holds.
  [[nodiscard]] Result<postgres::CopyOut> read_where(postgres::Connection& source,
                                                     const std::string& condition) const;
  /// Stages rows that read_where() reads; their digest is compared with that of what will be stored.
  [[nodiscard]] Status stage(postgres::CopyOut& rows, crew::Worker& worker);
  [[nodiscard]] const verify::Digest& staged() const noexcept { return sent_; }

  /// Finds the target's rows that the staged ones replace by the table's key, and returns how many there are.
  [[nodiscard]] Result<std::uint64_t> note_replaced();
  /// Divides the keys into at most `most` shares, in some of which `count` of the target's `of` rows have
  /// none on the source. Before anything is written.
  [[nodiscard]] Result<std::vector<KeyShare>> divide_keys(postgres::Connection& source,
                                                          postgres::Connection& target, std::uint64_t count,
                                                          std::uint64_t of, std::size_t most);
  /// Finds and stages the share's vanished keys. `writing`: is held by whoever uses the writer's connection.
  [[nodiscard]] Status find_vanished(postgres::Connection& source, postgres::Connection& target,
                                     const KeyShare& share, std::mutex& writing);
  /// Finds the rows with the staged vanished keys, which should be `count`.
  [[nodiscard]] Status note_vanished(std::uint64_t count);

  /// Writes what has been found so far, as much of it as may come before the rest is known: rows are inserted
  /// only where no other unique value than the key's could be that of a row which is still to be deleted.
  [[nodiscard]] Status write_found();
  /// Deletes and inserts. Not committed yet. What was staged by stage() is compared with what is stored.
  [[nodiscard]] Status delete_rows();
  [[nodiscard]] Status insert_rows();

  /// Names what it writes to: the tables, and a tree's root.
  [[nodiscard]] std::vector<catalog::Name> written() const;

 private:
  [[nodiscard]] Status note_gone(const std::vector<rows::Locator>& places);
  [[nodiscard]] Result<std::uint64_t> note_gone_with_keys_of(const std::string& temporary,
                                                             std::uint64_t count);
  [[nodiscard]] Status stage_rows(const std::vector<rows::Locator>& places, const Reader& reader);
  [[nodiscard]] Result<postgres::CopyOut> read(postgres::Connection& source,
                                               const catalog::Relation& relation,
                                               const std::string& condition) const;
  [[nodiscard]] Result<verify::Digest> move(postgres::CopyOut& rows, const catalog::Relation& relation,
                                            crew::Worker& worker);
  [[nodiscard]] Result<std::vector<rows::Range>> with_vanished(postgres::Connection& source,
                                                               postgres::Connection& target,
                                                               const rows::Buckets& buckets);
  [[nodiscard]] Result<std::vector<std::uint64_t>> count(postgres::Connection& server,
                                                         const std::string& table,
                                                         const std::vector<rows::Range>& ranges);
  [[nodiscard]] Result<std::uint64_t> store();
  [[nodiscard]] Status empty(const std::string& temporary);

  const rows::ComparedTable& table_;
  const catalog::Relation& destination_;
  std::string columns_;                     // of the staging table, for SQL
  std::string staging_;                     // the temporary table of rows to insert
  std::string gone_;                        // that of the places of rows to delete
  std::string vanished_;                    // that of keys which the source does not have
  postgres::Connection* writer_ = nullptr;  // from begin() on
  bool only_key_is_unique_ = false;
  std::int64_t staged_ = 0;                        // rows that wait
  std::map<catalog::Place, std::int64_t> places_;  // rows of each table that are to be deleted
  std::uint64_t vanished_keys_ = 0;
  bool compares_stored_ = false;  // with what was sent
  verify::Digest sent_;           // of the rows of stage()
};

/// Says that rows of the target are not those that were compared.
[[nodiscard]] Error written_meanwhile(const catalog::Relation& relation);

}  // namespace pghaul::job
