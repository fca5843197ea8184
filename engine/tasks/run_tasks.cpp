#include "tasks/run_tasks.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "crew/crew.h"
#include "crew/watchdog.h"
#include "tasks/graph_queue.h"
#include "tasks/tasks.h"
#include "tasks/try_task.h"

namespace pghaul::tasks {
namespace {

void set_totals(Run& run) {
  measure::Progress& progress = *run.progress;
  for (const plan::TablePlan& table : run.plan->tables) {
    const catalog::Relation& relation = run.relation(table.relation);
    progress.bytes_total += static_cast<std::uint64_t>(relation.heap_bytes + relation.toast_bytes);
  }
  progress.bytes_total += static_cast<std::uint64_t>(run.source->large_objects.bytes);
  progress.tables_total = run.plan->tables.size();
  for (const plan::Task& task : run.plan->graph.tasks) {
    if (task.kind == plan::TaskKind::index) progress.indexes_total += task.objects.size();
  }
  progress.tasks_total = run.plan->graph.tasks.size();
}

}  // namespace

Status run_tasks(Run& run, const crew::Worker::Ends& ends, measure::Events& events,
                 const std::function<void()>& source_read) {
  set_totals(run);
  const plan::TaskGraph& graph = run.plan->graph;
  TaskTelling telling(run, events);
  std::atomic<std::ptrdiff_t> reads_left = std::ranges::count_if(
      graph.tasks, [](const plan::Task& task) { return plan::reads_source(task.kind); });
  if (reads_left == 0) source_read();

  std::optional<crew::Crew> crew;
  const auto do_one = [&](crew::Worker& worker, plan::TaskId id, const std::stop_token& give_up) -> Status {
    const plan::Task& task = graph.tasks[id];
    const Status done = try_task(worker, run, telling, task, give_up, [&] { return crew->retire(worker); });
    if (done && plan::reads_source(task.kind) && --reads_left == 0) source_read();
    if (reads_left == 0) worker.close_source();
    return done;
  };
  GraphQueue queue(graph);
  crew.emplace(queue, run.workers, ends, do_one);
  const crew::Watchdog watchdog(
      ends, run.stall_after, [&](postgres::Side side) { return crew->lifelines(side); }, *run.progress,
      [&](Error failure) { crew->fail_with(std::move(failure)); });
  return crew->run(run.stop, [&] { telling.tick(); });
}

}  // namespace pghaul::tasks
