#include "tasks/task_telling.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "plan/forecast.h"

namespace pghaul::tasks {
namespace {

using plan::TaskKind;

constexpr double kChunkEverySeconds = 0.5;

bool sends_rows(TaskKind kind) {
  return kind == TaskKind::copy || kind == TaskKind::read_source;
}

/// What nothing more is read from when all tasks of this kind are done; may be empty.
std::string reading_of(TaskKind kind) {
  if (plan::reads_source(kind)) return "source read";
  const bool reads_back = kind == TaskKind::read_back || kind == TaskKind::large_objects_read_back ||
                          kind == TaskKind::read_back_computed;
  return reads_back ? "read back" : "";
}

measure::Remaining remaining_of(const Run& run) {
  const plan::Plan& plan = *run.plan;
  const std::vector<double> paths = plan.graph.remaining_paths();
  std::vector<measure::Remaining::Task> tasks;
  for (std::size_t i = 0; i < paths.size(); ++i) tasks.push_back({plan.graph.tasks[i].seconds, paths[i]});
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  const double predicted = tasks.empty() ? 0 : plan::forecast(plan.graph, plan.jobs, cores).seconds;
  return {std::move(tasks), predicted, run.timeline->now(), run.seconds_after_tasks};
}

}  // namespace

TaskTelling::TaskTelling(Run& run, measure::Events& events)
    : run_(&run), events_(&events), remaining_(remaining_of(run)) {
  run.done.assign(run.plan->graph.tasks.size(), 0);
  count_what_is_left();
}

void TaskTelling::count_what_is_left() {
  for (const plan::Task& task : run_->plan->graph.tasks) {
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

void TaskTelling::starts(int worker, const plan::Task& task) {
  const std::string what = fmt::format("{} {}", plan::task_kind_name(task.kind), run_->names().describe(task));
  const bool one_table = sends_rows(task.kind) && task.objects.size() == 1;
  run_->progress->starts(worker, what,
                         one_table ? shown(run_->relation(task.objects.front()).name) : std::string());
  const std::lock_guard lock(mutex_);
  remaining_.starts(task.id, run_->timeline->now());
  tell_start(task);
}

void TaskTelling::ends(int worker, const plan::Task& task, double start, bool done) {
  run_->progress->ends(worker, done);
  run_->timeline->record(phase_of(task.kind), run_->names().describe(task), worker, start, !done);
  const std::lock_guard lock(mutex_);
  if (!done) return remaining_.fails(task.id);
  run_->progress->tasks_done.add(1);
  run_->done[task.id] = 1;
  remaining_.ends(task.id);
  tell_end(task);
}

void TaskTelling::is_done_already(const plan::Task& task) {
  const std::lock_guard lock(mutex_);
  run_->progress->tasks_done.add(1);
  run_->done[task.id] = 1;
  remaining_.is_done_already(task.id);
  tell_end(task);
}

void TaskTelling::retries(const plan::Task& task, const Error& error, double wait_seconds, int attempt) {
  events_->retry(run_->names().describe(task), error.message, wait_seconds, attempt);
}

void TaskTelling::retires(postgres::Side side, const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!full_.insert(side).second) return;
  events_->warning(error.message,
                   fmt::format("workers for which the {} has no session leave their tasks to the others; "
                               "a larger pool, or more connections, would let all of them work",
                               postgres::side_name(side)),
                   {});
}

void TaskTelling::tick() {
  const double now = run_->timeline->now();
  measure::Progress& progress = *run_->progress;
  rate_.take(now, progress.bytes.value());
  progress.set_rate(rate_.bytes_per_second());
  {
    const std::lock_guard lock(mutex_);
    progress.set_remaining(remaining_.seconds(now));
  }
  run_->timeline->sample({now, progress.bytes.value(), progress.rows.value(), progress.bottleneck()});
  events_->progress(progress);
  tell_chunks(now);
}

void TaskTelling::tell_start(const plan::Task& task) {
  if (task.kind == TaskKind::index) tell_indexes(task, false);
  if (!sends_rows(task.kind)) return;
  for (const catalog::Place place : task.objects) {
    if (begun_.insert(place).second) {
      events_->table_started(shown(run_->relation(place).name), left_[place].sending);
    }
  }
}

void TaskTelling::tell_end(const plan::Task& task) {
  if (task.kind == TaskKind::index) tell_indexes(task, true);
  if (sends_rows(task.kind) || task.kind == TaskKind::read_back) tell_rows(task);
  tell_readings(task);
  tell_milestones(task);
}

void TaskTelling::tell_rows(const plan::Task& task) {
  for (const catalog::Place place : task.objects) {
    Left& left = left_[place];
    const bool sends = sends_rows(task.kind);
    --(sends ? left.sending : left.coming_back);
    if (left.sending > 0) continue;
    const std::string table = shown(run_->relation(place).name);
    const verify::Ledger::Line line = run_->ledger->line(place);
    if (sends) {
      run_->progress->table_ends(table);
      events_->table_finished(table, line.sent.rows, line.sent.bytes, line.seconds);
    }
    if (left.coming_back > 0 || line.came_back_parts == 0) continue;
    events_->verify(table, verify::mode_name(run_->verify), line.came_back.rows,
                    verify::difference(line.sent, line.came_back, run_->verify));
  }
}

void TaskTelling::tell_indexes(const plan::Task& task, bool done) {
  for (const catalog::Place place : task.objects) {
    const catalog::IndexInfo& index = run_->source->indexes[place];
    const std::string table = shown(run_->relation(index.relation).name);
    if (done) {
      events_->index_finished(shown(index.name), table, index.bytes, run_->index_seconds[place]);
    } else {
      events_->index_started(shown(index.name), table, index.bytes);
    }
  }
}

void TaskTelling::tell_readings(const plan::Task& task) {
  const std::string reading = reading_of(task.kind);
  if (!reading.empty() && --readings_[reading] == 0) events_->milestone(reading);
}

void TaskTelling::tell_milestones(const plan::Task& task) {
  for (auto i = static_cast<std::size_t>(task.milestone); i < plan::kMilestones; ++i) {
    if (--milestones_[i].tasks > 0) continue;
    const auto milestone = static_cast<plan::Milestone>(i);
    run_->reached[milestone] = run_->timeline->now();
    if (task.kind == TaskKind::open && milestone == task.milestone) {
      tell_opening();
    } else if (milestones_[i].has_its_own && milestone != plan::Milestone::verified) {
      events_->milestone(milestone_name(milestone));
    }
  }
}

/// An earlier run that has let the application in may have died before it could tell.
void TaskTelling::tell_opening() {
  Opening& opening = run_->opening;
  if (!opening.before_this_run && !opening.seconds) opening.seconds = run_->timeline->now();
  const std::optional<double> downtime =
      opening.seconds ? std::optional(run_->earlier_seconds + *opening.seconds) : std::nullopt;
  events_->opened(milestone_name(opening.after), downtime);
}

void TaskTelling::tell_chunks(double now) {
  if (events_->unheard()) return;
  for (const measure::Progress::Table& table : run_->progress->tables_under_way()) {
    Told& told = told_chunks_[table.name];
    if (table.bytes == told.bytes || now - told.at < kChunkEverySeconds) continue;
    told = {now, table.bytes};
    events_->chunk(table.name, table.rows, table.bytes);
  }
}

}  // namespace pghaul::tasks
