#pragma once

#include <cstdint>
#include <vector>

#include "plan/task_graph.h"

namespace pghaul::support {

/// A task without objects, for tests of order alone.
[[nodiscard]] plan::Task task(double seconds, std::vector<plan::TaskId> after = {},
                              std::vector<plan::RelationLock> locks = {});

/// Tasks that wait for some of the earlier ones and lock some of `relations` tables (0: none); the same for
/// the same seed.
[[nodiscard]] plan::TaskGraph random_graph(std::size_t tasks, catalog::Place relations, std::uint64_t seed);

[[nodiscard]] double longest_path(const plan::TaskGraph& graph);

/// Ids of the tasks of a kind.
[[nodiscard]] std::vector<plan::TaskId> tasks_of(const plan::TaskGraph& graph, plan::TaskKind kind);
/// Ids of the tasks of a kind that are for `object`.
[[nodiscard]] std::vector<plan::TaskId> tasks_for(const plan::TaskGraph& graph, plan::TaskKind kind,
                                                  catalog::Place object);
/// Tells whether `later` can start only when `earlier` has finished.
[[nodiscard]] bool waits_for(const plan::TaskGraph& graph, plan::TaskId later, plan::TaskId earlier);
/// The mode in which the task locks the relation, if it does.
[[nodiscard]] std::vector<plan::LockMode> locks_on(const plan::Task& task, catalog::Place relation);

}  // namespace pghaul::support
