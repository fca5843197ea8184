#pragma once

#include <map>
#include <string>
#include <vector>

#include "follow/batch.h"
#include "follow/net_changes.h"
#include "follow/row_writer.h"
#include "postgres/text_array.h"

namespace pghaul::follow {

/// Applies what a batch's changes amount to, by as few statements as it takes, within an attempt of the
/// session's. Changes that can't be merged go one by one, after those that came before them.
///
/// Ownership  none of session and tables, which outlive it.
/// Memory     about 64 kB for each statement, or the widest row.
/// Threads    one at a time.
/// Errors     the attempt is to be given up.
class BatchWriter {
 public:
  BatchWriter(TargetSession& session, FollowedTables& tables)
      : session_(session), tables_(tables), rows_(session, tables) {}

  /// Merges what can be merged at the beginning of `entries`, while the target works at others: write(),
  /// which is to come next, need not do it again.
  void merge(std::span<const Batch::Entry> entries);
  [[nodiscard]] Status write(std::span<const Batch::Entry> entries);
  [[nodiscard]] RowWriter& rows() noexcept { return rows_; }

 private:
  enum class Operation : char { remove = 'D', update = 'U', insert = 'I' };

  template <typename Change>
  [[nodiscard]] bool merges(const Change& change);
  [[nodiscard]] bool merges(const changes::Truncate&) { return false; }
  [[nodiscard]] bool merges(const changes::Commit&) { return !rows_.has_to_check(); }  // take() does it
  template <typename Change>
  [[nodiscard]] Status take(std::uint32_t xid, const Change& change);
  [[nodiscard]] Status take(std::uint32_t xid, const changes::Truncate& truncate);
  [[nodiscard]] Status take(std::uint32_t xid, const changes::Commit&) { return rows_.end(xid); }

  [[nodiscard]] Status flush_all();
  [[nodiscard]] Status flush(const NetChanges::Table& net);
  [[nodiscard]] Status update(FollowedTable& table, const std::vector<changes::Row>& rows);
  /// Executes the statement of `operation`, for as many of `rows` at once as go into one.
  [[nodiscard]] Status execute(Operation operation, FollowedTable& table,
                               const std::vector<changes::Row>& rows);
  [[nodiscard]] Result<const PreparedStatement*> statement(Operation operation, FollowedTable& table,
                                                           changes::Row row);
  [[nodiscard]] Status send(Operation operation, FollowedTable& table, const PreparedStatement& prepared,
                            std::span<const changes::Row> rows);

  TargetSession& session_;
  FollowedTables& tables_;
  RowWriter rows_;
  NetChanges net_;
  std::span<const Batch::Entry> merged_;  // of what is to be written next
  std::vector<std::string> arrays_;
};

}  // namespace pghaul::follow
