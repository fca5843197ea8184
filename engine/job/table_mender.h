#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "crew/worker.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/connection.h"
#include "postgres/transaction.h"
#include "rows/compared_table.h"
#include "rows/pair_rows.h"

namespace pghaul::job {

/// Makes the rows of one table of the target those of the source, in one transaction: rows that have vanished
/// or changed are deleted, the source's wait in a temporary table, and are inserted last. So a unique value
/// may go from one row to another.
///
/// Rows are found by their places in both states, so that it makes no difference what the key is, or if there
/// is one. A row that was written since does not lie there any more: then nothing of the table is changed.
/// Ownership  none of table, worker and source, which outlive it.
/// Threads    the worker's.
class TableMender {
 public:
  /// `target`: where rows go; a tree's root, or the table itself.
  TableMender(const rows::ComparedTable& table, const catalog::Relation& target, crew::Worker& worker,
              postgres::Connection& source)
      : table_(table), destination_(target), worker_(worker), source_(source) {}

  /// Opens a session of its own, which writes.
  [[nodiscard]] Status begin(const crew::Worker::Endpoints& ends);
  [[nodiscard]] Status take(const std::vector<rows::Difference>& differences);
  [[nodiscard]] Status commit();

 private:
  [[nodiscard]] Status delete_rows(const std::vector<rows::Locator>& places);
  [[nodiscard]] Status stage_rows(const std::vector<rows::Locator>& places);

  const rows::ComparedTable& table_;
  const catalog::Relation& destination_;
  crew::Worker& worker_;
  postgres::Connection& source_;
  std::optional<postgres::Connection> writer_;
  std::optional<postgres::CancelOnStop> cancel_on_stop_;
  std::optional<postgres::Transaction> writing_;
  std::int64_t staged_ = 0;
};

}  // namespace pghaul::job
