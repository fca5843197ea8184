#include "tasks/target_task_log.h"

#include <algorithm>
#include <chrono>

#include "crew/worker.h"
#include "journal/journal.h"
#include "measure/sample_statistics.h"
#include "tasks/unlogged.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {

Status TargetTaskLog::commit_task(const plan::Task& task, postgres::Transaction& transaction,
                                  const journal::DoneEntries& lines) {
  const Status committed = transaction.commit(insert(task, lines));
  if (!committed) return committed.error().during("committing " + work().describe(task));
  post(task, lines);
  return {};
}

Status TargetTaskLog::commit_scripts(const plan::Task& task, postgres::Transaction& transaction,
                                     const std::vector<Script>& scripts) {
  std::vector<std::string> all;
  std::vector<catalog::Place> objects;
  for (const Script& script : scripts) {
    all.push_back(script.sql);
    if (script.object != catalog::kNone) objects.push_back(script.object);
  }
  all.push_back(journal_->insert_with_work(task.id, objects));
  const auto start = std::chrono::steady_clock::now();
  std::size_t done = 0;
  if (const Status committed = transaction.commit(std::move(all), done); !committed) {
    return committed.error().during(done < scripts.size() ? scripts[done].cannot
                                                          : "committing " + work().describe(task));
  }
  const double seconds_each =
      measure::seconds_since(start) / static_cast<double>(std::max<std::size_t>(1, objects.size()));
  journal::DoneEntries lines;
  for (const catalog::Place object : objects) lines.push_back({object, {}, seconds_each});
  post(task, lines);
  return {};
}

Status TargetTaskLog::enter_opening(postgres::Connection& target) {
  return journal_->enter(target, journal::Journal::Stage::opened);
}

std::string TargetTaskLog::statistics_table() const {
  return journal_->statistics_table();
}

Status TargetTaskLog::journal_done(crew::Worker& worker, const plan::Task& task,
                                   const journal::DoneEntries& lines) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Status written = (*target)->execute(insert(task, lines));
  if (!written) return written.error().during("recording " + work().describe(task));
  post(task, lines);
  return {};
}

Result<bool> TargetTaskLog::was_committed(crew::Worker& worker, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<journal::DoneEntries> committed = journal_->read(**target, task.id);
  if (!committed) return fail(committed.error());
  if (committed->empty()) return false;
  post(task, *committed);
  return true;
}

Result<bool> TargetTaskLog::still_holds(crew::Worker& worker) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<postgres::Rows> held = (*target)->query(still_held_);
  if (!held) return fail(held.error());
  return held->boolean(0, 0);
}

std::string TargetTaskLog::insert(const plan::Task& task, const journal::DoneEntries& lines) const {
  return journal_->insert(task.id, lines, lasts(work(), task));
}

}  // namespace pghaul::tasks
