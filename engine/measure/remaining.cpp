#include "measure/remaining.h"

#include <algorithm>
#include <utility>

namespace pghaul::measure {
namespace {

// Weight of the prediction, in seconds of a second run, so that the first tasks alone decide nothing.
constexpr double kFaithSeconds = 2;
constexpr double kFaithShare = 0.05;  // a fraction of the predicted run
// A task that is overdue is expected to take at least this fraction more of the time it took so far.
constexpr double kOverdueShare = 0.15;

}  // namespace

Remaining::Remaining(std::vector<Task> tasks, double predicted_seconds, double now, double afterwards)
    : tasks_(std::move(tasks)),
      predicted_(predicted_seconds),
      afterwards_(afterwards),
      work_(0),
      work_left_(0),
      started_(now) {
  for (const Task& task : tasks_) work_ += task.seconds;
  work_left_ = work_;
}

void Remaining::starts(std::size_t task, double now) {
  running_.push_back({task, now});
  work_left_ -= tasks_[task].seconds;
}

void Remaining::ends(std::size_t task) {
  std::erase_if(running_, [task](const Running& one) { return one.task == task; });
  work_done_ += tasks_[task].seconds;
}

void Remaining::fails(std::size_t task) {
  std::erase_if(running_, [task](const Running& one) { return one.task == task; });
  work_left_ += tasks_[task].seconds;
}

void Remaining::is_done_already(std::size_t task) {
  work_left_ -= tasks_[task].seconds;
  predicted_ -= work_ > 0 ? predicted_ * tasks_[task].seconds / work_ : 0;
  work_ -= tasks_[task].seconds;
}

double Remaining::seconds(double now) const {
  const double pace_now = pace(now);
  double work = std::max(0.0, work_left_) * pace_now;
  double longest = 0;
  for (const Running& running : running_) {
    const Task& task = tasks_[running.task];
    const double left = left_of(running, pace_now, now);
    work += left;
    longest = std::max(longest, left + (task.path - task.seconds) * pace_now);
  }
  const double side_by_side =
      work_ > 0 ? predicted_ / work_ : 0;  // the forecast's seconds per second of work
  return std::max(work * side_by_side, longest) + afterwards_;
}

/// Returns the seconds that a predicted second takes.
double Remaining::pace(double now) const {
  if (work_ <= 0 || predicted_ <= 0) return 1;
  double done = work_done_;
  for (const Running& running : running_) {
    done += std::min(now - running.since, tasks_[running.task].seconds);
  }
  const double faith = kFaithSeconds + kFaithShare * predicted_;
  return (now - started_ + faith) / (predicted_ * std::min(1.0, done / work_) + faith);
}

double Remaining::left_of(const Running& running, double pace, double now) const {
  const double since = now - running.since;
  return std::max(tasks_[running.task].seconds * pace - since, since * kOverdueShare);
}

}  // namespace pghaul::measure
