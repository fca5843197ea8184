#pragma once

#include <cstddef>
#include <vector>

namespace pghaul::measure {

/// Predicts how long a run will still take: the plan's prediction for the work that is left, corrected by how
/// long the finished work took against its own prediction. Never 0 while something is left.
///
/// Threads  one at a time.
class Remaining {
 public:
  struct Task {
    double seconds = 0;  // predicted
    double path = 0;     // predicted from its start to the end of the longest chain that waits for it
  };
  /// `predicted_seconds`: the forecast of all tasks; `afterwards`: of what follows them; `now`: the time at
  /// which it starts.
  Remaining(std::vector<Task> tasks, double predicted_seconds, double now, double afterwards = 0);

  void starts(std::size_t task, double now);
  void ends(std::size_t task);
  /// Records that the task failed, and has to be run again.
  void fails(std::size_t task);
  /// Records that the task's work was done before: it will not be run.
  void is_done_already(std::size_t task);

  [[nodiscard]] double seconds(double now) const;

 private:
  struct Running {
    std::size_t task;
    double since;
  };

  [[nodiscard]] double pace(double now) const;
  [[nodiscard]] double left_of(const Running& running, double pace, double now) const;

  std::vector<Task> tasks_;
  std::vector<Running> running_;
  double predicted_;  // seconds of all tasks
  double afterwards_;
  double work_;       // predicted seconds of all tasks that have to be run
  double work_left_;  // predicted seconds of those that have not started
  double work_done_ = 0;
  double started_;
};

}  // namespace pghaul::measure
