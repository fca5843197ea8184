#pragma once

#include "plan/task_graph.h"

namespace pghaul::plan {

/// Seconds that the graph takes with so many workers: the same Scheduler, driven by a simulated clock.
///
/// `cores`: how many tasks the servers can work on at full speed; k running tasks beyond that share them
/// evenly, each at cores / k of its speed. Deterministic.
[[nodiscard]] double forecast(const TaskGraph& graph, int workers, double cores);

}  // namespace pghaul::plan
