#include "tasks/run_tasks.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "crew/crew.h"
#include "crew/watchdog.h"
#include "tasks/graph_queue.h"
#include "tasks/results.h"
#include "tasks/retry_loop.h"
#include "tasks/task_reporter.h"

namespace pghaul::tasks {
namespace {

void set_totals(const WorkPlan& work, measure::Progress& progress) {
  for (const plan::TablePlan& table : work.plan().tables) {
    const catalog::Relation& relation = work.relation(table.relation);
    progress.bytes_total += static_cast<std::uint64_t>(relation.heap_bytes + relation.toast_bytes);
  }
  progress.bytes_total += static_cast<std::uint64_t>(work.source().large_objects.bytes);
  progress.tables_total = work.plan().tables.size();
  for (const plan::Task& task : work.tasks()) {
    if (task.kind == plan::TaskKind::index) progress.indexes_total += task.objects.size();
  }
  progress.tasks_total = work.tasks().size();
}

}  // namespace

Status run_tasks(const WorkPlan& work, TaskExecutor& executor, TaskLog& log, Results& results,
                 const CrewOptions& options, const Observers& observers,
                 const std::function<void()>& source_read) {
  set_totals(work, observers.progress);
  TaskReporter reporter(work, results, observers);
  RetryLoop retry_loop(work, executor, log, reporter, options.retry_for);
  std::atomic<std::ptrdiff_t> reads_left = std::ranges::count_if(
      work.tasks(), [](const plan::Task& task) { return plan::reads_source(task.kind); });
  if (reads_left == 0) source_read();

  std::optional<crew::Crew> crew;
  const auto do_one = [&](crew::Worker& worker, plan::TaskId id, const std::stop_token& give_up) -> Status {
    const plan::Task& task = work.tasks()[id];
    const Status done = retry_loop.run(worker, task, give_up, [&] { return crew->retire(worker); });
    if (done && plan::reads_source(task.kind) && --reads_left == 0) source_read();
    if (reads_left == 0) worker.close_source();
    return done;
  };
  GraphQueue queue(work.plan().graph);
  crew.emplace(queue, options.workers, options.ends, do_one);
  const crew::Watchdog watchdog(
      options.ends, options.stall_after, [&](postgres::Side side) { return crew->lifelines(side); },
      observers.progress, [&](Error failure) { crew->fail_with(std::move(failure)); });
  return crew->run(options.stop, [&] { reporter.tick(); });
}

}  // namespace pghaul::tasks
