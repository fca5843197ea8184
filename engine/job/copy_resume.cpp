#include "job/copy.h"

#include <algorithm>

#include "measure/clock.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "tasks/apply_journal.h"
#include "tasks/prove_unchanged.h"
#include "tasks/unfinished_tables.h"
#include "tasks/unlogged.h"

namespace pghaul::job {

/// Applies the journal, once it is certain that the source still shows what was copied.
Status Copy::resume() {
  postgres::Connection& target = target_hold_->connection();
  touched_ = true;
  if (const Status taken = journal_->claim(target); !taken) return taken;
  can_go_on_ = true;
  context_.report.resumed = measure::Report::Resumed{journal_->header().started, journal_->header().run};
  context_.report.earlier_seconds =
      measure::seconds_between(journal_->header().started, context_.report.started);
  earlier_seconds_ = context_.report.earlier_seconds;
  Result<journal::Journal::Done> done = journal_->read(target);
  if (!done) return fail(done.error());
  if (Status fits = tasks::check_fits(*work_, *done); !fits) return fits;
  continues_ = true;
  const std::vector<catalog::Place> lost = tasks::lost_for_good(*work_, *done, journal_->header().stage);
  if (!lost.empty() && !journal_->header().opened()) return replace_lost_rows(lost);
  // What is left of an opened copy needs no rows of the source, and nothing may be started over.
  if (journal_->header().opened()) {
    if (Status durable = journal_->make_durable(target, context_.stop); !durable) return durable;
    results_->opening.before_this_run = true;
    tasks::count_as_done(*work_, lost, *done);
    report_emptied(lost);
    tasks::apply_journal(*work_, *done, *results_, progress_);
    return hold_opened_state();
  }
  const Status proved = check_source_state(*done);
  if (!proved) {
    can_go_on_ = proved.error().code != ErrorCode::snapshot_lost;  // another attempt would fail, too
    const bool may_restart = context_.options.new_snapshot || changes_;
    if (can_go_on_ || !may_restart) return proved;
    context_.events.warning(
        proved.error().message,
        changes_ ? "everything is copied anew" : "everything is copied anew, as --new-snapshot asks", {});
    return restart();
  }
  if (Status forgotten = forget_sequences(*done); !forgotten) return forgotten;
  tasks::apply_journal(*work_, *done, *results_, progress_);
  context_.report.resumed = {.started = journal_->header().started,
                             .run = journal_->header().run,
                             .tasks_done = done->size(),
                             .tasks = found_.plan.graph.tasks.size(),
                             .rows_done = progress_.rows.value(),
                             .bytes_done = progress_.bytes.value()};
  return {};
}

/// Sees to it that what is left to do fits what was copied under an earlier snapshot. An archive does not
/// change.
Status Copy::check_source_state(journal::Journal::Done& done) {
  if (!found_.source_hold) return {};
  const bool same_state = journal_->header().source_state == found_.source_state;
  if (changes_) return same_state ? Status{} : start_unfinished_tables(done);
  return discovery::time_phase(context_, "prove unchanged", [&] {
    return tasks::prove_unchanged(*work_, found_.source_hold->snapshot(), done, same_state, ends(),
                                  context_.options.stall_after, progress_);
  });
}

/// Gives the tables that are not copied as a whole this run's snapshot, of which the changes are applied from
/// their own start on. Those that are keep their rows and their start.
Status Copy::start_unfinished_tables(journal::Journal::Done& done) {
  const tasks::UnfinishedTables unfinished = tasks::unfinished_tables(*work_, done);
  if (unfinished.in_tree) {
    return fail(
        ErrorCode::snapshot_lost,
        "the copy was interrupted within a partitioned table whose rows lie in other partitions on the "
        "target");
  }
  tasks::leave_computed_uncompared(*work_, done, *results_);
  if (unfinished.tables.empty()) return {};
  const Result<follow::LateTable> start = start_of_run();
  if (!start) return fail(start.error());
  std::vector<follow::LateTable> late;
  for (const catalog::Place table : unfinished.tables) {
    late.push_back(*start);
    late.back().table = work_->relation(table).oid;
  }
  postgres::Connection& target = target_hold_->connection();
  postgres::Transaction whole = postgres::Transaction::begin(target);
  for (const catalog::Place table : unfinished.emptied) {
    const catalog::Name& name = work_->relation(table).name;
    const Status emptied = target.execute("TRUNCATE ONLY " + postgres::quote(name.schema, name.name));
    if (!emptied)
      return emptied.error().during("emptying " + shown(name) + ", to copy it under one snapshot");
  }
  for (const plan::TaskId task : unfinished.forgotten) {
    if (Status forgotten = journal_->forget(target, task); !forgotten) return forgotten;
    done.erase(task);
  }
  const Status set = follow::ProgressTable(journal_->schema()).set_late(target, changes_->from.slot, late);
  if (!set) return set;
  return whole.commit();
}

/// Returns up to where the changes have to be applied before rows of all tables fit together; 0: they do.
Result<Lsn> Copy::find_catch_up() {
  if (!changes_) return Lsn{};
  const Result<std::optional<follow::Progress>> progress =
      follow::ProgressTable(journal_->schema()).find(target_hold_->connection(), changes_->from.slot);
  if (!progress) return fail(progress.error());
  if (!*progress || (*progress)->late_tables.empty()) return Lsn{};
  Lsn until = (*progress)->snapshot_until;
  for (const follow::LateTable& late : (*progress)->late_tables) until = std::max(until, late.snapshot_until);
  return (*progress)->position < until ? until : Lsn{};
}

Status Copy::replace_lost_rows(const std::vector<catalog::Place>& lost) {
  context_.events.warning("the target crashed, which emptied unlogged tables that had been copied, such as " +
                              shown(work_->relation(lost.front()).name) + ": everything is copied anew",
                          "keys or triggers that stand by now keep these tables from being filled alone", {});
  return restart();
}

/// Reports emptied tables: once an application has been let into the target, nothing is copied again.
void Copy::report_emptied(const std::vector<catalog::Place>& lost) {
  results_->opening.emptied = lost;
  if (work_->verify() != verify::Mode::none) return;  // verification finds them to be different
  for (const catalog::Place place : lost) {
    context_.report.left_out.push_back(
        {"rows of table " + shown(work_->relation(place).name), tasks::kEmptied});
  }
}

/// Makes sequences be set again: their values belong to no snapshot, and rows still to come may have later
/// ones.
Status Copy::forget_sequences(journal::Journal::Done& done) {
  if (journal_->header().stage == journal::Journal::Stage::at_the_end) return {};
  for (const plan::Task& task : found_.plan.graph.tasks) {
    if (task.kind != plan::TaskKind::sequences || done.erase(task.id) == 0) continue;
    const Status forgotten = journal_->forget(target_hold_->connection(), task.id);
    if (!forgotten) return forgotten;
  }
  return {};
}

}  // namespace pghaul::job
