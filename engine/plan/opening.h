#pragma once

#include "catalog/model.h"
#include "plan/make_plan.h"
#include "plan/task_graph.h"

namespace pghaul::plan {

/// Returns the graph, whose application waits for all of it, as one that lets the application in at
/// `options.open_after`: first all that must stand by then, then the task `open`, then the rest, online.
///
/// Work that can't be done beside an application that writes, as its locks would last as long as the work
/// does, comes before, with everything that it waits for: exclusion constraints, foreign keys of partitioned
/// tables. The objects of `open` are the tables that are read back in parts: their size at that moment has to
/// be kept. Indexes wait until the state that the application found has been read back, since CREATE INDEX
/// CONCURRENTLY waits for everyone who still sees an older state.
[[nodiscard]] TaskGraph opened(const TaskGraph& graph, const catalog::Catalog& source,
                               const PlanOptions& options);

}  // namespace pghaul::plan
