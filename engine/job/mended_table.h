#pragma once

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "job/sync_writer.h"
#include "job/table_mender.h"
#include "measure/synced_table.h"
#include "rows/finder.h"

namespace pghaul::job {

/// One table that several workers mend: one at a time writes, while others find what it will write next.
struct MendedTable {
  explicit MendedTable(TableMender its_mender) : mender(std::move(its_mender)) {}

  TableMender mender;
  std::vector<std::vector<rows::Range>>
      ranges;                                 // that differ, for each part; none: it is compared as a whole
  std::mutex writing;                         // guards all below, and the mender's writing
  std::optional<Status> begun;                // the result of locking it; nothing: nobody has yet
  std::optional<SyncWriter> own;              // its transaction, unless one writes all tables
  std::vector<TableMender::KeyShare> shares;  // in which rows have vanished
  measure::SyncedTable counted = {};
  double start = 0;  // seconds of the run
};

}  // namespace pghaul::job
