#pragma once

#include <cstddef>
#include <vector>

namespace pghaul::measure {

/// How long a run will still take: what the plan predicted for the work that is left, corrected by how long
/// the work done so far took against its own prediction. Never 0 while something is left.
///
/// Threads  one at a time.
class Remaining {
 public:
  struct Task {
    double seconds = 0;  // predicted
    double path = 0;     // predicted from its start to the end of the longest chain that waits for it
  };
  /// `predicted_seconds`: of all tasks, as the forecast has it; `afterwards`: of what follows them; `now`:
  /// when it starts.
  Remaining(std::vector<Task> tasks, double predicted_seconds, double now, double afterwards = 0);

  void starts(std::size_t task, double now);
  void ends(std::size_t task);
  /// It has to be run again.
  void fails(std::size_t task);
  /// The task will not be run: its work was done before.
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
  double predicted_;  // of all tasks
  double afterwards_;
  double work_;       // predicted, of all tasks that have to be run
  double work_left_;  // of those that have not started
  double work_done_ = 0;
  double started_;
};

}  // namespace pghaul::measure
