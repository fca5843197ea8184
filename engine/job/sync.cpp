#include "job/sync.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>

#include "base/guard.h"
#include "base/wait_for.h"
#include "catalog/replica_role.h"
#include "compare/digest_mismatches.h"
#include "crew/retry.h"
#include "job/fill_report.h"
#include "job/refusal_of_findings.h"
#include "job/sync_findings.h"
#include "plan/milestone.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/session_settings.h"
#include "postgres/transaction.h"

namespace pghaul::job {

Status Sync::run() {
  if (Status discovered = discover_both(context_, {}, both_, locks_, progress_); !discovered)
    return discovered;
  if (!context_.report.sync) context_.report.sync.emplace();
  done().planned = plans();
  if (Status checked = check_definitions(); !checked) return checked;
  watch_locks(both_, locks_, progress_);
  ends_.emplace(both_.ends(context_.stop));
  if (Status asked = ask_by_record(); !asked) return asked;
  {
    Result<RowsSearched> searched = search_rows(context_, both_, *ends_, progress_);
    if (!searched) return fail(searched.error());
    const RowsRead& read = searched->read;
    context_.report.verification = compare::digest_mismatches(*read.work, *read.results);
    different_ = std::move(searched->different);
    add_recorded(read);
    for (const plan::TablePlan& computed : both_.found.plan.computed) {
      const verify::Ledger::Tally line = read.results->ledger.computed(computed.relation);
      if (line.sent != line.came_back) stale_.insert(computed.relation);
    }
    if (Status possible = refusal_of_contents(different_); !possible) return possible;
    const Status mended = discovery::announce_phase(context_, "sync", [&] { return mend_contents(read); });
    if (!mended) return mended;
  }
  std::ranges::sort(done().tables, {}, &SyncedTable::object);
  if (plans()) return {};
  if (Status refreshed = discovery::time_phase(context_, "refresh", [&] { return refresh_views(); });
      !refreshed)
    return refreshed;
  if (Status set = set_sequences(); !set) return set;
  if (Status verified = verify(); !verified) return verified;
  if (touched_) {
    if (Status durable = make_durable(); !durable) return durable;
  }
  context_.events.opened(milestone_name(plan::Milestone::verified), context_.timeline.now());
  if (draft_) renew_record();
  return {};
}

/// Refuses where definitions differ, or the target has not been confirmed.
Status Sync::check_definitions() {
  compare::Mismatches all = both_.one_sided;
  Result<compare::Mismatches> objects = compare::object_mismatches(
      std::move(*both_.objects), both_.found, context_.options, context_.report, context_.stop);
  if (!objects) return fail(objects.error());
  std::ranges::move(*objects, std::back_inserter(all));
  different_large_objects_ = std::erase_if(all, of_large_objects) > 0;
  std::vector<plan::Finding> findings = findings_of_definitions(all);
  if (findings.empty() && !plans()) {
    Result<postgres::Connection> target = open_target();
    if (!target) return fail(target.error());
    const Result<bool> replica = catalog::may_set_replica_role(*target);
    if (!replica) return fail(replica.error());
    replica_ = *replica;
    Result<std::vector<plan::Finding>> of_target =
        findings_of_target(*target, both_.found, replica_, context_.options.confirm);
    if (!of_target) return fail(of_target.error());
    findings = std::move(*of_target);
  }
  std::ranges::copy(findings, std::back_inserter(both_.found.findings));
  context_.report.findings.clear();
  report_findings(both_.found, context_.report);
  return refusal_of(findings);
}

Status Sync::mend_contents(const RowsRead& read) {
  if (Status mended = mend_tables(); !mended) return mended;
  return mend_large_objects(read);
}

/// Waits until what was written is on the target's disk, and on that of the standbys that it waits for.
Status Sync::make_durable() {
  Result<postgres::Connection> target = open_target();
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(context_.stop, *target);
  postgres::Transaction barrier = postgres::Transaction::begin(*target);
  target->send_ahead(postgres::kCommitAsConfigured);
  // A commit waits for the disk only where its transaction has written WAL.
  const Status durable = barrier.commit("SELECT pg_catalog.pg_logical_emit_message(true, 'pghaul', '')");
  return durable ? durable : durable.error().during("making the sync durable in the target");
}

Result<postgres::Connection> Sync::open_target() const {
  return postgres::Connection::open(both_.found.target_string, postgres::Side::target,
                                    both_.found.source.server.encoding, context_.stop);
}

Status sync_databases(discovery::VerbContext context, bool& touched) {
  crew::Backoff backoff(context.options.retry_for);
  for (int attempt = 1;; ++attempt) {
    const double start = context.timeline.now();
    LockTimeout locks(context);
    Sync sync(locks.context(), locks, touched);
    Status done = locks.end(guarded("bringing a copy up to date", [&] { return sync.run(); }));
    if (done || !sync.begun()) return done;
    // What has been committed is equal by now, so beginning again continues.
    const Error& failure = done.error();
    if (!crew::may_pass(failure) && failure.code != ErrorCode::snapshot_lost) return done;
    const std::optional<std::chrono::milliseconds> wait =
        backoff.after(failure, crew::milliseconds_since(context.timeline, start));
    if (!wait) return done;
    context.events.retry("the sync", failure.message, std::chrono::duration<double>(*wait).count(), attempt);
    if (!wait_for(*wait, context.stop)) return done;
  }
}

}  // namespace pghaul::job
