#include "job/copy.h"

#include "base/wait_for.h"
#include "crew/retry.h"
#include "job/settings_at_the_end.h"
#include "tasks/unlogged.h"

namespace pghaul::job {

/// Restores what would have stood in the way of the work, such as event triggers.
Status Copy::restore_the_end() {
  const bool again = journal_->header().stage == journal::Journal::Stage::at_the_end;
  const Status entered = journal_->enter(target_hold_->connection(), journal::Journal::Stage::at_the_end);
  if (!entered) return entered;
  if (Status restored = schema_->restore(found_.sections.at_the_end, again); !restored) return restored;
  if (Status set = set_constraint_triggers(found_, context_); !set) return set;
  return opens_early() ? Status{} : set_database_settings(found_, context_);
}

/// Closes the journal: a compared copy is over, also when it turned out different. A copy that is reported as
/// done is durable.
Status Copy::close_journal(Status outcome) {
  if (!outcome && outcome.error().code != ErrorCode::mismatch) return outcome;
  if (outcome) {
    Status durable = journal_->make_durable(target_hold_->connection(), context_.stop);
    if (!durable) return durable;
    if (changes_) return hand_over();
    if (Status kept = keep_record_of_copy(); !kept) return kept;
  }
  const Status removed = remove_journal();
  return outcome && !removed ? removed : outcome;
}

/// Leaves the journal and the target to who applies the changes.
Status Copy::hand_over() {
  if (Status entered = journal_->enter(target_hold_->connection(), journal::Journal::Stage::following);
      !entered) {
    return entered;
  }
  cancel_on_stop_.reset();
  changes_->hand_over(std::move(*target_hold_));
  return {};
}

/// Whether a transaction, known by the 32 bits that rows keep, is older than a state with such an xmin.
bool is_before(std::uint64_t transaction, std::uint64_t xmin) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(transaction - xmin)) < 0;
}

/// Keeps a record of tables whose rows lie where they lie on the source. Rows that anybody else has written
/// to them since this run began will be found, as the record has the transactions that copied. A table that
/// an earlier run copied is left out, and will be compared: nobody knows what was written to it in between.
Status Copy::keep_record_of_copy() {
  if (!draft_) return {};
  if (!durable_) return durable_;
  Result<std::map<catalog::Place, std::vector<std::uint64_t>>> writers = writers_of_tables();
  if (!writers) return fail(writers.error());
  std::vector<journal::CopyRecord::Table> tables;
  for (const plan::TablePlan& table : found_.plan.tables) {
    if (table.tree != catalog::kNone) continue;
    std::vector<std::uint64_t>& own = (*writers)[table.relation];
    const bool by_this_run = !own.empty() && std::ranges::none_of(own, [&](std::uint64_t transaction) {
      return is_before(transaction, target_before_.xmin);
    });
    if (continues_ && !by_this_run) continue;
    const catalog::Relation& relation = work_->relation(table.relation);
    const verify::Digest sent = results_->ledger.tally(table.relation).sent;
    tables.push_back({.name = relation.name,
                      .oid = relation.oid,
                      .definition = {},
                      .target_oid = 0,
                      .target_definition = {},
                      .rows = sent.rows,
                      .target_xmin = target_before_.xmin,
                      .target_writers = std::move(own)});
  }
  Result<RecordDraft> now = read_draft(target_hold_->connection());
  if (!now) return fail(now.error());
  now->history = target_before_;
  return keep_record(*draft_, *now, std::move(tables), target_hold_->connection());
}

/// Returns the transactions that copied rows of each table.
Result<std::map<catalog::Place, std::vector<std::uint64_t>>> Copy::writers_of_tables() {
  const auto done = journal_->transactions(target_hold_->connection());
  if (!done) return fail(done.error());
  std::map<catalog::Place, std::vector<std::uint64_t>> writers;
  for (const auto& [task, transaction] : *done) {
    const plan::Task& one = work_->tasks()[task];
    if (one.kind != plan::TaskKind::copy) continue;
    for (const catalog::Place place : one.objects) writers[place].push_back(transaction);
  }
  return writers;
}

/// Removes the journal. Where the connection broke meanwhile, it may be gone nevertheless, and the copy
/// complete.
Status Copy::remove_journal() {
  Status removed = journal_->remove(target_hold_->connection());
  if (removed || removed.error().code != ErrorCode::connection_lost) return removed;
  cancel_on_stop_.reset();
  crew::Backoff backoff(context_.options.retry_for);
  for (;;) {
    const double start = context_.timeline.now();
    Result<discovery::TargetHold> hold = discovery::TargetHold::open(found_.target_string, context_.stop);
    if (hold) {  // so the other session is over
      const Result<std::optional<journal::Journal>> left = journal::Journal::find(hold->connection());
      return left && !*left ? tasks::check_not_emptied(hold->connection(), *work_, results_->ledger)
                            : removed;
    }
    if (!crew::may_pass(hold.error())) return removed;
    const std::optional<std::chrono::milliseconds> wait =
        backoff.after(hold.error(), crew::milliseconds_since(context_.timeline, start));
    if (!wait || !wait_for(*wait, context_.stop)) return removed;
  }
}

}  // namespace pghaul::job
