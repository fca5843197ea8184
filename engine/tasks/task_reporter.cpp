#include "tasks/task_reporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "plan/forecast.h"
#include "tasks/results.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

constexpr double kChunkEverySeconds = 0.5;

bool sends_rows(TaskKind kind) {
  return kind == TaskKind::copy || kind == TaskKind::read_source;
}

/// Names what is not read any more when all tasks of this kind are done; may be empty.
std::string reading_of(TaskKind kind) {
  if (plan::reads_source(kind)) return "source read";
  const bool reads_back = kind == TaskKind::read_back || kind == TaskKind::large_objects_read_back ||
                          kind == TaskKind::read_back_computed;
  return reads_back ? "read back" : "";
}

measure::Remaining remaining_of(const plan::Plan& plan, const Observers& observers) {
  const std::vector<double> paths = plan.graph.remaining_paths();
  std::vector<measure::Remaining::Task> tasks;
  for (std::size_t i = 0; i < paths.size(); ++i) tasks.push_back({plan.graph.tasks[i].seconds, paths[i]});
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  const double predicted = tasks.empty() ? 0 : plan::forecast(plan.graph, plan.jobs, cores).seconds;
  return {std::move(tasks), predicted, observers.timeline.now(), observers.seconds_after_tasks};
}

}  // namespace

TaskReporter::TaskReporter(const WorkPlan& work, Results& results, const Observers& observers)
    : work_(&work),
      results_(&results),
      progress_(&observers.progress),
      timeline_(&observers.timeline),
      events_(&observers.events),
      earlier_seconds_(observers.earlier_seconds),
      remaining_(remaining_of(work.plan(), observers)) {
  count_what_is_left();
}

void TaskReporter::count_what_is_left() {
  for (const plan::Task& task : work_->tasks()) {
    if (const std::string reading = reading_of(task.kind); !reading.empty()) ++readings_[reading];
    auto milestone = static_cast<std::size_t>(task.milestone);
    milestones_[milestone].has_its_own = true;
    for (; milestone < plan::kMilestones; ++milestone) ++milestones_[milestone].tasks;
    const bool sends = sends_rows(task.kind);
    if (!sends && task.kind != TaskKind::read_back) continue;
    for (const catalog::Place place : task.objects) {
      Left& left = left_[place];
      ++(sends ? left.sending : left.coming_back);
    }
  }
}

bool TaskReporter::was_done_earlier(const plan::Task& task) {
  if (!results_->journalled[task.id]) return false;
  is_done_already(task);
  return true;
}

double TaskReporter::starts(int worker, const plan::Task& task) {
  const double start = timeline_->now();
  const std::string what = fmt::format("{} {}", plan::task_kind_name(task.kind), work_->describe(task));
  const bool one_table = sends_rows(task.kind) && task.objects.size() == 1;
  progress_->starts(worker, what,
                    one_table ? shown(work_->relation(task.objects.front()).name) : std::string());
  const std::lock_guard lock(mutex_);
  remaining_.starts(task.id, timeline_->now());
  report_start(task);
  return start;
}

void TaskReporter::ends(int worker, const plan::Task& task, double start, bool done) {
  progress_->ends(worker, done);
  timeline_->record(phase_of(task.kind), work_->describe(task), worker, start, !done);
  const std::lock_guard lock(mutex_);
  if (!done) return remaining_.fails(task.id);
  progress_->tasks_done.add(1);
  results_->done[task.id] = 1;
  remaining_.ends(task.id);
  report_end(task);
}

void TaskReporter::is_done_already(const plan::Task& task) {
  const std::lock_guard lock(mutex_);
  progress_->tasks_done.add(1);
  results_->done[task.id] = 1;
  remaining_.is_done_already(task.id);
  report_end(task);
}

void TaskReporter::retries(const plan::Task& task, const Error& error, double wait_seconds, int attempt) {
  events_->retry(work_->describe(task), error.message, wait_seconds, attempt);
}

void TaskReporter::retires(postgres::Side side, const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!full_.insert(side).second) return;
  events_->warning(error.message,
                   fmt::format("workers for which the {} has no session leave their tasks to the others; "
                               "a larger pool, or more connections, would let all of them work",
                               postgres::side_name(side)),
                   {});
}

void TaskReporter::tick() {
  const double now = timeline_->now();
  measure::Progress& progress = *progress_;
  rate_.take(now, progress.bytes.value());
  progress.set_rate(rate_.bytes_per_second());
  {
    const std::lock_guard lock(mutex_);
    progress.set_remaining(remaining_.seconds(now));
  }
  timeline_->sample({now, progress.bytes.value(), progress.rows.value(), progress.bottleneck()});
  events_->progress(progress);
  report_chunks(now);
}

void TaskReporter::report_start(const plan::Task& task) {
  if (task.kind == TaskKind::index) report_indexes(task, false);
  if (!sends_rows(task.kind)) return;
  for (const catalog::Place place : task.objects) {
    if (begun_.insert(place).second) {
      events_->table_started(shown(work_->relation(place).name), left_[place].sending);
    }
  }
}

void TaskReporter::report_end(const plan::Task& task) {
  if (task.kind == TaskKind::index) report_indexes(task, true);
  if (sends_rows(task.kind) || task.kind == TaskKind::read_back) report_rows(task);
  report_readings(task);
  report_milestones(task);
}

void TaskReporter::report_rows(const plan::Task& task) {
  for (const catalog::Place place : task.objects) {
    Left& left = left_[place];
    const bool sends = sends_rows(task.kind);
    --(sends ? left.sending : left.coming_back);
    if (left.sending > 0) continue;
    const std::string table = shown(work_->relation(place).name);
    const verify::Ledger::Tally line = results_->ledger.tally(place);
    if (sends) {
      progress_->table_ends(table);
      events_->table_finished(table, line.sent.rows, line.sent.bytes, line.seconds);
    }
    if (left.coming_back > 0 || line.came_back_parts == 0) continue;
    events_->verify(table, verify::mode_name(work_->verify()), line.came_back.rows,
                    verify::difference(line.sent, line.came_back, work_->verify()));
  }
}

void TaskReporter::report_indexes(const plan::Task& task, bool done) {
  for (const catalog::Place place : task.objects) {
    const catalog::IndexInfo& index = work_->source().indexes[place];
    const std::string table = shown(work_->relation(index.relation).name);
    if (done) {
      events_->index_finished(shown(index.name), table, index.bytes, results_->index_seconds[place]);
    } else {
      events_->index_started(shown(index.name), table, index.bytes);
    }
  }
}

void TaskReporter::report_readings(const plan::Task& task) {
  const std::string reading = reading_of(task.kind);
  if (!reading.empty() && --readings_[reading] == 0) events_->milestone(reading);
}

void TaskReporter::report_milestones(const plan::Task& task) {
  for (auto i = static_cast<std::size_t>(task.milestone); i < plan::kMilestones; ++i) {
    if (--milestones_[i].tasks > 0) continue;
    const auto milestone = static_cast<plan::Milestone>(i);
    results_->reached[milestone] = timeline_->now();
    if (task.kind == TaskKind::open && milestone == task.milestone) {
      report_opening();
    } else if (milestones_[i].has_its_own && milestone != plan::Milestone::verified) {
      events_->milestone(milestone_name(milestone));
    }
  }
}

/// Emits the opening: an earlier run that has let the application in may have died before it could.
void TaskReporter::report_opening() {
  Opening& opening = results_->opening;
  if (!opening.before_this_run && !opening.seconds) opening.seconds = timeline_->now();
  const std::optional<double> downtime =
      opening.seconds ? std::optional(earlier_seconds_ + *opening.seconds) : std::nullopt;
  events_->opened(milestone_name(opening.after), downtime);
}

void TaskReporter::report_chunks(double now) {
  if (events_->unheard()) return;
  for (const measure::Progress::Table& table : progress_->tables_under_way()) {
    Reported& last = reported_chunks_[table.name];
    if (table.bytes == last.bytes || now - last.at < kChunkEverySeconds) continue;
    last = {now, table.bytes};
    events_->chunk(table.name, table.rows, table.bytes);
  }
}

}  // namespace pghaul::tasks
