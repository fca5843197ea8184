#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "plan/cost.h"
#include "plan/format.h"
#include "plan/machines.h"
#include "plan/network_paths.h"
#include "plan/page_range.h"
#include "plan/task_graph.h"

namespace pghaul::plan {

/// The form in which an archive holds a relation's rows.
struct StoredRows {
  Format format;
  std::vector<PageRange> files;    // in order
  std::optional<Format> computed;  // of the digest of its generated columns; absent: there is none
};

inline constexpr double kManyCores = 1024;  // more than any number of workers can keep busy

struct PlanOptions {
  int jobs = 0;                       // 0: chosen from both servers, this machine and the work
  int decided_jobs = 0;               // for a plan that is made again: neither chosen nor limited
  int local_cores = 1;                // those of the machine pghaul runs on
  NetworkPaths lines;                 // to both servers
  Machines machines{kManyCores};      // where source, target and pghaul run
  std::optional<bool> decided_split;  // for a plan that is made again: whether tables are split
  bool with_owner = true;
  bool with_acl = true;
  bool with_large_objects = true;
  bool carry_statistics = true;                // where the target can take them over
  bool read_back = true;                       // verification by checksums or counts
  bool read_computed = true;                   // likewise by checksums, of what the target computes anew
  Milestone open_after = Milestone::verified;  // when the application is let in
  bool into_existing = false;                  // rows go into tables that the target has already
  bool reads_all_rows = true;                  // also once row security stands on the target
  bool after_data_changes_queries = false;     // the post-data task makes what changes a query's result
  double made_after_data = 0;  // restore_seconds()'s tables, for what the post-data task makes
  double made_at_opening = 0;
  std::vector<StoredRows> stored;  // by the relation's place; empty: the source is a server
  Rates rates;                     // with the lines in them
  Factors factors;
};

/// One relation whose rows are copied.
struct TablePlan {
  catalog::Place relation = catalog::kNone;
  Format format;
  std::uint32_t chunks = 1;      // page ranges copied side by side
  std::uint32_t read_parts = 1;  // page ranges read back side by side
  double seconds = 0;            // predicted for its rows, if no line holds them up
  /// The partitioned table by way of which its rows are copied and compared, since they may belong to other
  /// partitions on the target, and why they may; kNone: they go where they were.
  catalog::Place tree = catalog::kNone;
  std::string tree_reason;
  bool into_existing = false;  // the target's table stood before the copy: it can't be emptied and frozen

  /// Tells whether its rows, and no others, go into it all at once: they can be visible to all from the
  /// start.
  [[nodiscard]] bool written_once() const noexcept {
    return chunks == 1 && tree == catalog::kNone && !into_existing;
  }
};

struct Plan {
  int jobs = 1;
  bool split = false;  // some tables are copied in several page ranges
  std::vector<TablePlan> tables;
  std::vector<TablePlan> computed;  // relations whose computed contents are read on both sides
  TaskGraph graph;
};

/// Decides everything that can be decided before the first row, without I/O. `target` is nullptr when there
/// is none yet (`pghaul plan SOURCE`).
[[nodiscard]] Plan make_plan(const catalog::Catalog& source, const catalog::Server* target,
                             const PlanOptions& options);

}  // namespace pghaul::plan
