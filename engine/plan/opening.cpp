#include "plan/opening.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "plan/cost.h"

namespace pghaul::plan {
namespace {

constexpr double kConcurrently = 1.7;  // estimate: ratio to CREATE INDEX, since it reads the table twice

bool reads_back(TaskKind kind) {
  return kind == TaskKind::read_back || kind == TaskKind::large_objects_read_back ||
         kind == TaskKind::read_back_computed;
}

bool can_be_online(const Task& task, const catalog::Catalog& source, const PlanOptions& options) {
  const auto each = [&](const auto& all, auto&& fits) {
    return std::ranges::all_of(task.objects, [&](catalog::Place place) { return fits(all[place]); });
  };
  switch (task.kind) {
    case TaskKind::index:  // a partitioned one is made at once, and never concurrently
      return each(source.indexes, [](const catalog::IndexInfo& index) { return !index.partitioned; });
    case TaskKind::keys:
      return each(source.constraints, [&](const catalog::Constraint& key) {
        return built_from_index(key, source.relations[key.relation]);
      });
    case TaskKind::foreign_key:  // checking it reads rows, which row security may forbid by then
      return options.reads_all_rows && each(source.constraints, [&](const catalog::Constraint& key) {
               return !key.validated || validated_later(key, source);
             });
    case TaskKind::validate:
    case TaskKind::read_back:
    case TaskKind::read_back_computed:
      return options.reads_all_rows;
    default:
      return true;
  }
}

/// Decides which tasks come before the opening.
class Division {
 public:
  Division(const TaskGraph& graph, const catalog::Catalog& source, const PlanOptions& options)
      : graph_(graph), before_(graph.tasks.size(), false) {
    for (TaskId id = 0; id < before_.size(); ++id) {
      const Task& task = graph.tasks[id];
      before_[id] = task.kind == TaskKind::post_data || task.milestone <= options.open_after ||
                    !can_be_online(task, source, options);
    }
    for (std::size_t id = before_.size(); id-- > 0;) {
      // post_data waits for all tasks before it, and for the indexes among these only to keep the order.
      if (!before_[id] || graph.tasks[id].kind == TaskKind::post_data) continue;
      for (const TaskId needed : graph.tasks[id].after) before_[needed] = true;
    }
  }

  [[nodiscard]] bool before(TaskId id) const { return before_[id]; }

  /// Returns the tasks before the opening, and before `end`, for which no other such task waits.
  [[nodiscard]] std::vector<TaskId> last_ones(TaskId end) const {
    std::vector<bool> last(end, true);
    for (TaskId id = 0; id < end; ++id) {
      if (!before_[id]) {
        last[id] = false;
        continue;
      }
      for (const TaskId needed : graph_.tasks[id].after) last[needed] = false;
    }
    std::vector<TaskId> all;
    for (TaskId id = 0; id < end; ++id) {
      if (last[id]) all.push_back(id);
    }
    return all;
  }

 private:
  const TaskGraph& graph_;
  std::vector<bool> before_;
};

/// Puts the tasks into a new order, and renumbers the tasks that they wait for.
class Reordering {
 public:
  explicit Reordering(const TaskGraph& graph) : places_(graph.tasks.size()) {}

  /// Adds `task`, with old ids in `after`. `also`: new ids.
  TaskId add(TaskId old, Task task, const std::vector<TaskId>& also = {}) {
    for (TaskId& needed : task.after) needed = places_[needed];
    task.after.insert(task.after.end(), also.begin(), also.end());
    return places_[old] = add(std::move(task));
  }
  /// Adds `task`, with new ids in `after`.
  TaskId add(Task task) {
    std::ranges::sort(task.after);
    return made_.add(std::move(task));
  }
  [[nodiscard]] std::vector<TaskId> places_of(std::vector<TaskId> old) const {
    for (TaskId& id : old) id = places_[id];
    return old;
  }
  [[nodiscard]] TaskGraph made() && { return std::move(made_); }

 private:
  TaskGraph made_;
  std::vector<TaskId> places_;  // new, by old
};

Task task_of(TaskKind kind, Milestone milestone, std::vector<TaskId> after, double seconds) {
  Task task;
  task.kind = kind;
  task.milestone = milestone;
  task.after = std::move(after);
  task.seconds = seconds;
  return task;
}

Task made_online(Task task) {
  task.online = true;
  if (task.kind != TaskKind::index) return task;
  task.seconds *= kConcurrently;
  for (RelationLock& lock : task.locks) lock.mode = LockMode::share_update_exclusive;
  return task;
}

}  // namespace

TaskGraph opened(const TaskGraph& graph, const catalog::Catalog& source, const PlanOptions& options) {
  const Division division(graph, source, options);
  const auto count = static_cast<TaskId>(graph.tasks.size());
  Reordering order(graph);
  for (TaskId id = 0; id < count; ++id) {
    if (!division.before(id)) continue;
    Task task = graph.tasks[id];
    if (task.kind == TaskKind::post_data) task.after = division.last_ones(id);
    order.add(id, std::move(task));
  }
  Task opening = task_of(TaskKind::open, options.open_after, order.places_of(division.last_ones(count)),
                         restore_seconds(options.made_at_opening, options.rates));
  for (TaskId id = 0; id < count; ++id) {
    const Task& task = graph.tasks[id];
    if (task.parts > 1 && task.part == 0 && !division.before(id)) {
      opening.objects.insert(opening.objects.end(), task.objects.begin(), task.objects.end());
    }
  }
  const TaskId open = order.add(std::move(opening));

  const auto add_later = [&](TaskId id, const std::vector<TaskId>& gate) {
    Task task = made_online(graph.tasks[id]);
    std::erase_if(task.after, [&](TaskId needed) { return division.before(needed); });
    return order.add(id, std::move(task), gate);
  };
  std::vector<TaskId> read_back;
  for (TaskId id = 0; id < count; ++id) {
    const Task& task = graph.tasks[id];
    if (division.before(id) || !reads_back(task.kind)) continue;
    const bool refreshed_later = std::ranges::any_of(task.after, [&](TaskId needed) {
      return graph.tasks[needed].kind == TaskKind::refresh && !division.before(needed);
    });
    if (!refreshed_later) read_back.push_back(add_later(id, {open}));  // otherwise its rows differ
  }
  std::vector<TaskId> seen = {open};
  if (!read_back.empty())
    seen = {order.add(task_of(TaskKind::release_opening, Milestone::verified, read_back, 0))};
  for (TaskId id = 0; id < count; ++id) {
    const TaskKind kind = graph.tasks[id].kind;
    if (division.before(id) || reads_back(kind)) continue;
    add_later(id, kind == TaskKind::index ? seen : std::vector<TaskId>{open});
  }
  return std::move(order).made();
}

}  // namespace pghaul::plan
