#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "compare/object_mismatches.h"
#include "compare/row_search.h"
#include "crew/worker.h"
#include "discovery/discovery.h"
#include "discovery/source_hold.h"
#include "discovery/source_objects.h"
#include "discovery/verb_context.h"
#include "job/lock_timeout.h"
#include "measure/progress.h"
#include "tasks/both_servers.h"
#include "tasks/results.h"
#include "tasks/work_plan.h"

namespace pghaul::job {

/// Two databases that are compared, and their states.
struct Compared {
  discovery::Discovery found;
  std::optional<discovery::SourceHold> target_hold;
  catalog::Catalog target;
  std::optional<discovery::Objects> objects;  // the source's; absent: it is an archive
  std::set<catalog::Place> comparable;        // tables and views that both have, with the same columns
  compare::Mismatches one_sided;              // tables that can't be compared

  /// Returns where workers read; good for as long as this is.
  [[nodiscard]] crew::Worker::Endpoints ends(const std::stop_token& stop) const {
    return {found.source_string, found.target_string, found.source.server.encoding, stop};
  }
  [[nodiscard]] compare::ComparedStates states() const {
    return {found.source_hold->snapshot(), target_hold->snapshot()};
  }
};

/// Reads what both databases hold, and reports it; `locks` and `progress` say what that waits for.
/// `target_snapshot`: exported by another session, which keeps it; empty: as the target is now. `with_views`:
/// their contents are compared, too.
[[nodiscard]] Status discover_both(discovery::VerbContext& context, const std::string& target_snapshot,
                                   Compared& both, LockTimeout& locks, measure::Progress& progress,
                                   bool with_views = true);
/// Reads what the target holds of a source that has been discovered.
[[nodiscard]] Status find_comparable(const discovery::VerbContext& context, Compared& both);
/// Makes the target's present state the one that is compared.
[[nodiscard]] Status hold_target(const std::string& target_snapshot, Compared& both);
/// Watches the locks that readers of either server wait for.
void watch_locks(Compared& both, LockTimeout& locks, measure::Progress& progress);

/// The digests of all rows of both sides.
///
/// Ownership  none of the databases, which outlive it.
struct RowsRead {
  std::unique_ptr<tasks::WorkPlan> work;
  std::unique_ptr<tasks::Results> results;
  tasks::BothServers::Compared source;
};

/// Reads the rows of all comparable tables and views for their digests. The plan is `both.found.plan`.
[[nodiscard]] Result<RowsRead> read_rows(discovery::VerbContext& context, Compared& both,
                                         const crew::Worker::Endpoints& ends, measure::Progress& progress);

/// The digests of all rows, and the tables that differ, with what narrows the search for their rows.
struct RowsSearched {
  RowsRead read;
  std::vector<compare::DifferentTable> different;
};
[[nodiscard]] Result<RowsSearched> search_rows(discovery::VerbContext& context, Compared& both,
                                               const crew::Worker::Endpoints& ends,
                                               measure::Progress& progress);

}  // namespace pghaul::job
