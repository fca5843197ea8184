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
#include "plan/milestone.h"
#include "plan/task_graph.h"
#include "postgres/connection.h"
#include "tasks/run_tasks.h"

namespace pghaul::tasks {

/// Reports on tasks while workers work: in the timeline, in the counts of the progress, and as events.
///
/// Ownership  none of what it is made with, which outlives it.
/// Threads    any; tick() by one.
class TaskReporter {
 public:
  TaskReporter(const WorkPlan& work, Results& results, const Observers& observers);

  /// Tells whether an earlier run has done it; if so, reports it as done.
  [[nodiscard]] bool was_done_earlier(const plan::Task& task);
  /// Returns when it started, for ends().
  [[nodiscard]] double starts(int worker, const plan::Task& task);
  /// Reports the end of what began at `start`.
  void ends(int worker, const plan::Task& task, double start, bool done);
  /// Reports a task that an earlier run, or an attempt whose answer was lost, has done.
  void is_done_already(const plan::Task& task);
  /// Reports a failure that will be retried.
  void retries(const plan::Task& task, const Error& error, double wait_seconds, int attempt);
  /// Reports that a server has no session for one of the workers, which leaves its tasks to the others.
  void retires(postgres::Side side, const Error& error);
  /// Emits what is due; to be called a few times a second.
  void tick();

 private:
  /// Counts of tasks that have to end before something is complete.
  struct Left {
    std::uint32_t sending = 0;      // tasks that copy a table's rows, or read them from the source
    std::uint32_t coming_back = 0;  // tasks that read them from the target
  };

  void count_what_is_left();
  void report_start(const plan::Task& task);
  void report_end(const plan::Task& task);
  void report_rows(const plan::Task& task);
  void report_indexes(const plan::Task& task, bool done);
  void report_readings(const plan::Task& task);
  void report_milestones(const plan::Task& task);
  void report_opening();
  void report_chunks(double now);

  const WorkPlan* work_;
  Results* results_;
  measure::Progress* progress_;
  measure::Timeline* timeline_;
  measure::Events* events_;
  double earlier_seconds_;  // from the first run's start to this one's
  std::mutex mutex_;
  std::map<catalog::Place, Left> left_;          // by relation
  std::set<postgres::Side> full_;                // servers that had no session for some worker
  std::set<catalog::Place> begun_;               // relations whose rows have begun to move
  std::map<std::string, std::size_t> readings_;  // by kind of reading: the tasks that have not ended
  struct Ahead {
    std::size_t tasks = 0;     // those that it still waits for
    bool has_its_own = false;  // tasks besides those of milestones before it
  };
  std::array<Ahead, plan::kMilestones> milestones_;
  measure::Remaining remaining_;
  measure::Rate rate_;
  struct Reported {
    double at = 0;
    std::uint64_t bytes = 0;
  };
  std::map<std::string, Reported> reported_chunks_;  // by table; used by the thread that ticks
};

}  // namespace pghaul::tasks
