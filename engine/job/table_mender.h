#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "crew/worker.h"
#include "postgres/connection.h"
#include "rows/compared_table.h"
#include "rows/finder.h"
#include "rows/pair_rows.h"
#include "verify/digest.h"

namespace pghaul::job {

/// Makes the rows of one table of the target those of the source, in a SyncWriter's transaction: the places
/// of rows that have vanished or changed, and the source's rows, wait in temporary tables. Then the former
/// are deleted, and the latter inserted. So a unique value may go from one row to another.
///
/// Rows are found by their places in both states, so that it makes no difference what the key is, or if there
/// is one. A row that was written since does not lie there any more: then nothing of the table is changed.
/// Ownership  none of table, worker and connections. `worker` and `source` are used by take(), stage_where()
/// and note_vanished(), and may be gone afterwards. Threads    the worker's; delete_rows() and insert_rows()
/// any, once those have ended.
class TableMender {
 public:
  /// `target`: where rows go; a tree's root, or the table itself. `staged`: the columns that are fetched:
  /// generated ones among them are compared with what the target computes. `number`: another for each table
  /// of a transaction.
  TableMender(const rows::ComparedTable& table, const catalog::Relation& target,
              const std::vector<catalog::Column>& staged, crew::Worker& worker, postgres::Connection& source,
              postgres::Connection& writer, std::size_t number);

  /// `locks`: otherwise what others write meanwhile is not kept out.
  [[nodiscard]] Status begin(bool locks = true);
  [[nodiscard]] Status take(const std::vector<rows::Difference>& differences);
  /// Stages the source's rows for which the condition holds, and finds those of the target that they replace
  /// by the table's key: how many of each. `meanwhile`: is called while the source looks for the rows.
  [[nodiscard]] Result<verify::Digest> stage_where(const std::string& condition,
                                                   const std::function<Status()>& meanwhile);
  [[nodiscard]] Result<std::uint64_t> note_replaced();
  /// Finds `count` rows of the target that the source does not have, beside those that are replaced.
  [[nodiscard]] Status note_vanished(postgres::Connection& target, std::uint64_t count, std::uint64_t of);

  /// Deletes and inserts. Not committed yet. Rows of stage_where() are compared with what is stored.
  [[nodiscard]] Status delete_rows();
  [[nodiscard]] Status insert_rows();

  /// Names what it writes to: the tables, and a tree's root.
  [[nodiscard]] std::vector<catalog::Name> written() const;

 private:
  [[nodiscard]] Status note_gone(const std::vector<rows::Locator>& places);
  [[nodiscard]] Result<std::uint64_t> note_gone_with_keys_of(const std::string& temporary,
                                                             std::uint64_t count);
  [[nodiscard]] Status stage_rows(const std::vector<rows::Locator>& places);
  [[nodiscard]] Result<verify::Digest> stage(const catalog::Relation& relation, const std::string& condition,
                                             const std::function<Status()>& meanwhile = {});
  [[nodiscard]] Result<std::vector<rows::Range>> ranges_with_vanished(postgres::Connection& target,
                                                                      std::uint64_t of);
  [[nodiscard]] Result<std::vector<std::uint64_t>> count(postgres::Connection& server,
                                                         const std::string& table,
                                                         const std::vector<rows::Range>& ranges);
  [[nodiscard]] Result<std::uint64_t> store();

  const rows::ComparedTable& table_;
  const catalog::Relation& destination_;
  std::string columns_;  // of the staging table, for SQL
  crew::Worker& worker_;
  postgres::Connection& source_;
  postgres::Connection& writer_;
  std::string staging_;  // the temporary table of rows to insert
  std::int64_t staged_ = 0;
  std::optional<verify::Digest> sent_;  // of the rows of stage_where()
};

/// Says that rows of the target are not those that were compared.
[[nodiscard]] Error written_meanwhile(const catalog::Relation& relation);

}  // namespace pghaul::job
