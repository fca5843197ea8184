#include "plan/task_graph.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace pghaul::plan {

const char* task_kind_name(TaskKind kind) noexcept {
  switch (kind) {
    case TaskKind::copy:
    case TaskKind::large_objects:
      return "copy";
    case TaskKind::large_object_properties:
      return "owners and grants";
    case TaskKind::sequences:
      return "sequences";
    case TaskKind::index:
      return "index";
    case TaskKind::attach_indexes:
      return "attach indexes";
    case TaskKind::keys:
      return "keys";
    case TaskKind::foreign_key:
      return "foreign key";
    case TaskKind::validate:
      return "validate";
    case TaskKind::read_source:
    case TaskKind::large_objects_read_source:
    case TaskKind::read_source_computed:
      return "read";
    case TaskKind::read_back:
    case TaskKind::large_objects_read_back:
    case TaskKind::read_back_computed:
      return "read back";
    case TaskKind::read_statistics:
      return "read statistics";
    case TaskKind::statistics:
      return "statistics";
    case TaskKind::analyze:
      return "analyze";
    case TaskKind::post_data:
      return "post-data";
    case TaskKind::refresh:
      return "refresh";
    case TaskKind::open:
      return "open";
    case TaskKind::release_opening:
      return "let go";
  }
  return "unknown";
}

const char* phase_of(TaskKind kind) noexcept {
  switch (kind) {
    case TaskKind::copy:
    case TaskKind::large_objects:
    case TaskKind::large_object_properties:
    case TaskKind::sequences:
      return "data";
    case TaskKind::read_source:
    case TaskKind::large_objects_read_source:
    case TaskKind::read_back:
    case TaskKind::large_objects_read_back:
    case TaskKind::read_source_computed:
    case TaskKind::read_back_computed:
      return "verify";
    case TaskKind::index:
    case TaskKind::attach_indexes:
      return "indexes";
    case TaskKind::keys:
    case TaskKind::foreign_key:
    case TaskKind::validate:
      return "constraints";
    case TaskKind::read_statistics:
    case TaskKind::statistics:
    case TaskKind::analyze:
      return "analyze";
    case TaskKind::post_data:
      return "post-data";
    case TaskKind::refresh:
      return "refresh";
    case TaskKind::open:
      return "open";
    case TaskKind::release_opening:
      return "verify";
  }
  return "other";
}

Milestone milestone_of(TaskKind kind) noexcept {
  switch (kind) {
    case TaskKind::copy:
    case TaskKind::large_objects:
    case TaskKind::large_object_properties:
    case TaskKind::sequences:
    case TaskKind::read_statistics:  // later tasks need no source
    case TaskKind::read_source_computed:
      return Milestone::data;
    case TaskKind::keys:
      return Milestone::keys;
    case TaskKind::index:
    case TaskKind::attach_indexes:
    case TaskKind::statistics:
    case TaskKind::analyze:
      return Milestone::indexes;
    case TaskKind::foreign_key:
    case TaskKind::validate:
    case TaskKind::post_data:
    case TaskKind::refresh:
      return Milestone::constraints;
    case TaskKind::read_source:
    case TaskKind::large_objects_read_source:
    case TaskKind::read_back:
    case TaskKind::large_objects_read_back:
    case TaskKind::read_back_computed:
    case TaskKind::open:
    case TaskKind::release_opening:
      return Milestone::verified;
  }
  return Milestone::verified;
}

bool reads_source(TaskKind kind) noexcept {
  switch (kind) {
    case TaskKind::copy:
    case TaskKind::large_objects:
    case TaskKind::large_object_properties:
    case TaskKind::sequences:
    case TaskKind::read_statistics:
    case TaskKind::read_source:
    case TaskKind::large_objects_read_source:
    case TaskKind::read_source_computed:
      return true;
    case TaskKind::index:
    case TaskKind::attach_indexes:
    case TaskKind::keys:
    case TaskKind::foreign_key:
    case TaskKind::validate:
    case TaskKind::read_back:
    case TaskKind::large_objects_read_back:
    case TaskKind::read_back_computed:
    case TaskKind::statistics:
    case TaskKind::analyze:
    case TaskKind::post_data:
    case TaskKind::refresh:
    case TaskKind::open:
    case TaskKind::release_opening:
      return false;
  }
  return false;
}

bool conflict(LockMode one, LockMode other) noexcept {
  static_assert(kLockModes == 6);
  constexpr bool kConflicts[kLockModes][kLockModes] = {
      {false, false, false, false, false, true},  // access_share
      {false, false, false, true, true, true},    // row_exclusive
      {false, false, true, true, true, true},     // share_update_exclusive
      {false, true, true, false, true, true},     // share
      {false, true, true, true, true, true},      // share_row_exclusive
      {true, true, true, true, true, true},       // access_exclusive
  };
  return kConflicts[static_cast<std::size_t>(one)][static_cast<std::size_t>(other)];
}

TaskId TaskGraph::add(Task task) {
  const auto id = static_cast<TaskId>(tasks.size());
  task.id = id;
  assert(std::all_of(task.after.begin(), task.after.end(), [id](TaskId before) { return before < id; }));
  tasks.push_back(std::move(task));
  return id;
}

std::vector<double> TaskGraph::remaining_paths() const {
  std::vector<double> remaining(tasks.size(), 0.0);  // for a task not yet reached: its longest follower's
  for (std::size_t id = tasks.size(); id-- > 0;) {
    remaining[id] = tasks[id].seconds + std::max(remaining[id], tasks[id].afterwards);
    for (const TaskId before : tasks[id].after) {
      remaining[before] = std::max(remaining[before], remaining[id]);
    }
  }
  return remaining;
}

double TaskGraph::total_seconds() const noexcept {
  double sum = 0;
  for (const Task& task : tasks) sum += task.seconds;
  return sum;
}

}  // namespace pghaul::plan
