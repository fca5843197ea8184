#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "measure/events.h"
#include "measure/rate.h"
#include "measure/remaining.h"
#include "tasks/run.h"

namespace pghaul::tasks {

/// Tells of tasks while workers work: in the timeline, in the counts of the progress, and as events.
///
/// Ownership  none of the run and of the events, which outlive it.
/// Threads    any; tick() by one.
class TaskTelling {
 public:
  TaskTelling(Run& run, measure::Events& events);

  void starts(int worker, const plan::Task& task);
  /// What began at `start` has ended.
  void ends(int worker, const plan::Task& task, double start, bool done);
  /// An earlier run, or an attempt whose answer was lost, has done it.
  void is_done_already(const plan::Task& task);
  /// It failed, and will be tried again.
  void retries(const plan::Task& task, const Error& error, double wait_seconds, int attempt);
  /// A server has no session for one of the workers, which leaves its tasks to the others.
  void retires(postgres::Side side, const Error& error);
  /// To be called a few times a second.
  void tick();

 private:
  /// What has to end before something is complete.
  struct Left {
    std::uint32_t sending = 0;      // tasks that copy a table's rows, or read them from the source
    std::uint32_t coming_back = 0;  // tasks that read them from the target
  };

  void count_what_is_left();
  void tell_start(const plan::Task& task);
  void tell_end(const plan::Task& task);
  void tell_rows(const plan::Task& task);
  void tell_indexes(const plan::Task& task, bool done);
  void tell_readings(const plan::Task& task);
  void tell_milestones(const plan::Task& task);
  void tell_opening();
  void tell_chunks(double now);

  Run* run_;
  measure::Events* events_;
  std::mutex mutex_;
  std::map<catalog::Place, Left> left_;          // by relation
  std::set<postgres::Side> full_;                // servers that had no session for some worker
  std::set<catalog::Place> begun_;               // relations whose rows have begun to move
  std::map<std::string, std::size_t> readings_;  // how many tasks the end of reading still waits for
  struct Ahead {
    std::size_t tasks = 0;     // that it still waits for
    bool has_its_own = false;  // not only those of milestones before it
  };
  std::array<Ahead, plan::kMilestones> milestones_;
  measure::Remaining remaining_;
  measure::Rate rate_;
  struct Told {
    double at = 0;
    std::uint64_t bytes = 0;
  };
  std::map<std::string, Told> told_chunks_;  // by table; of the thread that ticks
};

}  // namespace pghaul::tasks
