#include "support/graphs.h"

#include <algorithm>
#include <random>
#include <utility>

namespace pghaul::support {

using plan::Task;
using plan::TaskGraph;
using plan::TaskId;

Task task(double seconds, std::vector<TaskId> after, std::vector<plan::RelationLock> locks) {
  Task task;
  task.seconds = seconds;
  task.after = std::move(after);
  task.locks = std::move(locks);
  return task;
}

TaskGraph random_graph(std::size_t tasks, catalog::Place relations, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&random](std::size_t end) { return static_cast<std::uint32_t>(random() % end); };
  TaskGraph graph;
  for (TaskId id = 0; id < tasks; ++id) {
    Task one = task(below(1000) / 100.0);
    for (std::uint32_t i = id == 0 ? 0 : below(4); i > 0; --i) one.after.push_back(below(id));
    std::ranges::sort(one.after);
    one.after.erase(std::unique(one.after.begin(), one.after.end()), one.after.end());
    for (std::uint32_t i = relations == 0 ? 0 : below(4); i > 0; --i) {
      one.locks.push_back({below(relations), static_cast<plan::LockMode>(below(plan::kLockModes))});
    }
    graph.add(std::move(one));
  }
  return graph;
}

double longest_path(const TaskGraph& graph) {
  const std::vector<double> remaining = graph.remaining_paths();
  return remaining.empty() ? 0 : *std::ranges::max_element(remaining);
}

std::vector<TaskId> tasks_of(const TaskGraph& graph, plan::TaskKind kind) {
  std::vector<TaskId> found;
  for (TaskId id = 0; id < graph.tasks.size(); ++id) {
    if (graph.tasks[id].kind == kind) found.push_back(id);
  }
  return found;
}

std::vector<TaskId> tasks_for(const TaskGraph& graph, plan::TaskKind kind, catalog::Place object) {
  std::vector<TaskId> found = tasks_of(graph, kind);
  std::erase_if(found, [&](TaskId id) { return std::ranges::count(graph.tasks[id].objects, object) == 0; });
  return found;
}

bool waits_for(const TaskGraph& graph, TaskId later, TaskId earlier) {
  std::vector<bool> waits(graph.tasks.size(), false);
  for (TaskId id = earlier + 1; id <= later; ++id) {
    waits[id] = std::ranges::any_of(graph.tasks[id].after,
                                    [&](TaskId before) { return before == earlier || waits[before]; });
  }
  return waits[later];
}

std::vector<plan::LockMode> locks_on(const Task& task, catalog::Place relation) {
  std::vector<plan::LockMode> modes;
  for (const plan::RelationLock& lock : task.locks) {
    if (lock.relation == relation) modes.push_back(lock.mode);
  }
  return modes;
}

}  // namespace pghaul::support
