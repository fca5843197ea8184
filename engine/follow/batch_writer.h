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

  [[nodiscard]] Status write(std::span<const Batch::Entry> entries);
  [[nodiscard]] RowWriter& rows() noexcept { return rows_; }

 private:
  enum class Operation : char { remove = 'D', update = 'U', insert = 'I' };

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
  std::vector<std::string> arrays_;
};

}  // namespace pghaul::follow
