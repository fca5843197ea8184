#include "job/switchover.h"

#include <fmt/format.h>

#include <utility>

#include "base/live_schema.h"
#include "follow/registration.h"
#include "live/session.h"
#include "postgres/quote.h"
#include "postgres/session_settings.h"
#include "postgres/sqlstate.h"
#include "postgres/transaction.h"

namespace pghaul::job {
namespace {

using postgres::Side;

}  // namespace

/// Closes the source by the commit of the transaction that holds its writers, unless they have waited until
/// `deadline` before.
Status Switchover::decide(fencing::Hold& hold, Clock::time_point deadline) {
  postgres::Connection& session = hold.connection();
  const std::string closing =
      fence_->close("this database has moved to " + target_text_, "connect to the new server");
  std::string start_back;
  if (way_back_) {
    Result<std::string> statements = way_back_->start_here(*target_);
    if (!statements) return fail(statements.error());
    start_back = std::move(*statements) + "; ";
  }
  Status closed = session.execute(std::string(postgres::kCommitAsConfigured) + "; " + start_back +
                                  follow::set_turn(turns_.forward, turn_) + "; " + closing);
  if (!closed) return closed.error().during("closing the source to writers");
  const Result<postgres::Rows> noted =
      session.query(fmt::format("SELECT turn FROM {} WHERE name = {}", postgres::quote(kLiveSchema, "copies"),
                                postgres::quote_literal(turns_.forward)));
  if (!noted) return noted.error().during("closing the source to writers");
  if (noted->size() != 1 || noted->integer(0, 0) != turn_) {
    return fail(ErrorCode::refused, "the source's row of the live copy is gone",
                "somebody has given the live copy up: pghaul status");
  }
  if (Status locked = lock_->check(left(deadline)); !locked) return locked;
  if (Status in_time = check_time(deadline); !in_time) return in_time;
  touched_ = true;
  report_.state = "decided";
  return commit(hold);
}

/// Commits, and returns once another session sees the decision. The answer comes later: then the server has
/// also removed the files that the sequences had before, one by one, and nobody waits for that.
Status Switchover::commit(fencing::Hold& hold) {
  committing_ = std::async(std::launch::async, [&hold] { return hold.commit(); });
  const Result<bool> decided = await_decision("the switchover is being decided");
  if (decided && *decided) return {};
  const Status done = committing_.get();
  return done ? done : find_decision(done.error());
}

/// Waits for the transaction that may be about to decide, if there is one. Errors  server_error with
/// kLockNotAvailable: it has not ended in time.
Result<bool> Switchover::is_decided(milliseconds at_most) {
  postgres::Transaction reading =
      postgres::Transaction::begin(*source_);  // rolled back: it waits for no standby
  source_->send_ahead(fmt::format("SET LOCAL lock_timeout = {}", at_most.count()));
  const Result<postgres::Rows> row = source_->query(fmt::format(
      "SELECT coalesce((pg_catalog.to_jsonb(c) ->> 'turn')::int, 0) FROM {} AS c WHERE c.name = {}"
      " FOR UPDATE",
      postgres::quote(kLiveSchema, "copies"), postgres::quote_literal(turns_.forward)));
  if (!row) return row.error().during("finding out whether the source is closed");
  return row->size() == 1 && row->integer(0, 0) == turn_;
}

/// Waits for a decision that may be under way, for no longer than `deadline`, and names the session that
/// others wait for.
Result<bool> Switchover::await_decision(const std::string& whose, std::optional<Clock::time_point> deadline) {
  constexpr milliseconds kLook{1000};
  for (bool told = false;; told = true) {
    Result<bool> decided = is_decided(kLook);
    if (decided || decided.error().sqlstate != postgres::kLockNotAvailable) return decided;
    const Result<std::string> who = fencing::find_deciding(*source_, turns_.forward);
    if (!who) return fail(who.error());
    const std::string message =
        whose + ", and its COMMIT on the source has not ended" + (who->empty() ? "" : ": " + *who);
    const std::string hint =
        "if it waits for a synchronous standby, start that one, or take it out of synchronous_standby_names "
        "and reload the source";
    if (!told) context_.events.warning(message, hint, {});
    if (!deadline) continue;
    if (context_.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
    if (Clock::now() >= *deadline)
      return fail(ErrorCode::refused, message, hint + "; then the same command goes on");
  }
}

/// Another run may have decided meanwhile, and opened the target, where this one's lock was lost.
Status Switchover::check_undecided(fencing::Hold& hold) {
  const Result<postgres::Rows> row = hold.connection().query(fmt::format(
      "SELECT coalesce((pg_catalog.to_jsonb(c) ->> 'turn')::int, 0) FROM {} AS c WHERE c.name = {}",
      postgres::quote(kLiveSchema, "copies"), postgres::quote_literal(turns_.forward)));
  if (!row) return row.error().during("finding out whether the source is closed");
  if (row->size() != 1 || row->integer(0, 0) != turn_) return {};
  touched_ = true;
  report_.state = "decided";
  hold.release();
  return fail(ErrorCode::refused, "another switchover has closed the source meanwhile",
              "the same command finds out how far that is, and completes it");
}

/// Finds out whether a commit happened whose answer was lost. If it can't, nothing is undone.
Status Switchover::find_decision(Error lost) {
  source_.reset();
  if (Status there = live::ensure_session(source_, *context_.ends.source, Side::source, {}); !there) {
    return fail(
        ErrorCode::connection_lost,
        "the connection to the source broke during the decision, and it can't be reached: whether it is "
        "closed to writers is not known: " +
            there.error().message,
        "the same command finds out, and completes the switchover or leaves the source open");
  }
  const Result<bool> decided = await_decision("the switchover may have been decided",
                                              Clock::now() + as_milliseconds(context_.options.wait_ready));
  if (!decided) return fail(decided.error());
  if (*decided) return {};
  touched_ = false;
  report_.state = "open";
  lost.code = ErrorCode::refused;
  return fail(std::move(lost));
}

}  // namespace pghaul::job
