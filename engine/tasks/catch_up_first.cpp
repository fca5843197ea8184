#include "tasks/catch_up_first.h"

#include <algorithm>

namespace pghaul::tasks {
namespace {

using plan::Task;
using plan::TaskKind;

bool needs_rows_that_fit(const Task& task) {
  return task.kind == TaskKind::foreign_key || task.kind == TaskKind::post_data;
}

}  // namespace

void put_catch_up_first(plan::TaskGraph& graph) {
  const auto first = std::ranges::find_if(graph.tasks, needs_rows_that_fit);
  if (first == graph.tasks.end()) return;
  for (auto task = first; task != graph.tasks.end(); ++task) {
    if (task != first && needs_rows_that_fit(*task)) task->after.push_back(first->id);
  }
  for (plan::TaskId id = 0; id < first->id; ++id) first->after.push_back(id);
}

Status CatchUpFirst::execute(crew::Worker& worker, const Task& task) {
  if (needs_rows_that_fit(task)) {
    if (Status done = catch_up(); !done) return done;
  }
  return executor_.execute(worker, task);
}

Status CatchUpFirst::catch_up() {
  const std::lock_guard lock(mutex_);
  if (caught_up_) return {};
  Status done = catch_up_();
  caught_up_ = done.has_value();
  return done;
}

}  // namespace pghaul::tasks
