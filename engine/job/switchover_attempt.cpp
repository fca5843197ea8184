#include "job/switchover.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/wait_for.h"
#include "fencing/marker.h"
#include "fencing/under_lock.h"
#include "job/switchover_hook.h"
#include "live/session.h"
#include "postgres/quote.h"
#include "postgres/session_settings.h"
#include "postgres/sqlstate.h"

namespace pghaul::job {
namespace {

using postgres::Side;
using std::chrono::milliseconds;

constexpr milliseconds kFirstLimit{50};
constexpr milliseconds kLastLimit{400};
constexpr milliseconds kAttemptPause{500};

/// Returns how long the locks of attempt `number` may be waited for.
milliseconds limit_of(int number) {
  milliseconds limit = kFirstLimit;
  for (int i = 1; i < number && limit < kLastLimit; ++i) limit *= 2;
  return std::min(limit, kLastLimit);
}

}  // namespace

Status Switchover::attempt_all() {
  Status done;
  for (attempt_ = 1; attempt_ <= context_.options.attempts; ++attempt_) {
    report_.attempts = attempt_;
    done = ensure_followed();  // who followed may have ended
    if (done) done = ensure_lock();
    if (done) done = carry_->check_changed(*source_, at_most());
    if (done) done = attempt(attempt_);
    if (done || touched_ || done.error().code != ErrorCode::refused) break;
    if (attempt_ == context_.options.attempts) break;
    context_.events.warning(
        fmt::format("attempt {} was given up, the source is open: {}", attempt_, done.error().message), {},
        {});
    if (!wait_for(kAttemptPause, context_.stop)) done = fail(ErrorCode::interrupted, "stopped on request");
    if (!done && done.error().code == ErrorCode::interrupted) break;
  }
  if (done || touched_ || done.error().code == ErrorCode::interrupted) return done;
  report_.state = "given_up";
  Error given_up = done.error();
  given_up.code = ErrorCode::refused;
  given_up.message = "the switchover was given up, and the source is open: " + given_up.message;
  if (given_up.hint.empty())
    given_up.hint = "try again at a quieter time, with more --attempts, or with --end-blockers";
  return fail(std::move(given_up));
}

/// Tries once. Whatever fails before the decision lets writers go on at once.
Status Switchover::attempt(int number) {
  const Result<postgres::ConnectionString> server = context_.ends.source->connection_string();
  if (!server) return fail(server.error());
  Result<fencing::Hold> hold = fencing::Hold::open(*server, at_most(), context_.stop);
  if (!hold) return fail(hold.error());
  if (Status silent = live::silence_event_triggers(hold->connection()); !silent) return silent;
  hold_.emplace(std::move(*hold));
  held_since_ = {};
  Status done = step("approach", [&] { return hold_->approach(locked_, *source_); });
  bool paused = false;
  if (done) {
    held_since_ = Clock::now();
    if (!context_.options.on_hold.empty()) {
      paused = true;
      done = step("on-hold", [&] {
        return run_hook(context_.options.on_hold, "held", *source_, *target_, at_most(), context_.stop);
      });
      if (!done) done.error().code = ErrorCode::refused;
    }
  }
  if (done) {
    done = step("hold", [&] { return hold_->take(locked_, limit_of(number)); });
  }
  bool was_locked = !done && done.error().code == ErrorCode::refused;
  if (done) {
    done = hold_and_decide(*hold_);
    was_locked = !done && fencing::was_locked(done.error());
  }
  if (!touched_) {
    [[maybe_unused]] const Status released = step("release", [&]() -> Status {
      hold_->release();
      return {};
    });
  }
  if (held_since_ > Clock::time_point{}) {
    report_.hold_seconds = std::chrono::duration<double>(Clock::now() - held_since_).count();
  }
  if (paused && !touched_) {
    if (Status resumed = run_on_open("given_up"); !resumed)
      context_.events.warning(resumed.error().message, "let the writers go on by hand", {});
  }
  if (was_locked) {
    note_blockers(0);
    if (!blockers_.empty()) done.error().message += ", because of " + fencing::listed(blockers_);
    if (context_.options.end_blockers) {
      if (Status ended = fencing::end_blockers(*source_, blockers_); !ended) return ended;
    }
  }
  return done;
}

Status Switchover::hold_and_decide(fencing::Hold& hold) {
  const auto deadline = held_since_ + at_most();
  Status done = hold.limit_to(left(deadline));
  if (done) done = check_undecided(hold);
  Result<Lsn> marked;
  if (done) marked = fencing::write_marker(*source_, turns_.forward);  // under way meanwhile
  if (done && !marked) done = fail(marked.error());
  if (done) done = step("sequences", [&] { return carry_sequences(hold, deadline); });
  if (done) done = step("drain", [&] { return await_position(*marked, deadline); });
  if (done) {
    done = step("carry", [&] {
      Status limited = hold.limit_to(left(deadline));
      return limited ? carry_->copy_changed(hold.connection(), left(deadline)) : limited;
    });
    report_.carried = carry_->report();
  }
  if (done)
    done = step("rest", [&]() -> Status {
      if (Status taken = take_snapshots(); !taken) return taken;
      return make_durable();
    });
  if (done) done = check_time(deadline);
  if (!done) return done;
  if (context_.options.rehearse) {
    report_.state = "rehearsed";
    return {};
  }
  return step("decide", [&] { return decide(hold, deadline); });
}

milliseconds Switchover::left(Clock::time_point deadline) const {
  return std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(deadline - Clock::now()));
}

Status Switchover::check_time(Clock::time_point deadline) const {
  if (Clock::now() <= deadline) return {};
  return fail(ErrorCode::refused,
              fmt::format("writers would have waited for more than {:.1f} s", context_.options.at_most));
}

Status Switchover::carry_sequences(fencing::Hold& hold, Clock::time_point deadline) {
  const Result<std::vector<fencing::Sequence>> sequences =
      fencing::SequenceFence(turns_.forward).close(hold.connection(), sequences_);
  if (!sequences) {
    return fail(Error{.code = ErrorCode::refused,
                      .message = sequences.error().message,
                      .sqlstate = sequences.error().sqlstate,
                      .hint = sequences.error().hint,
                      .object = {}});
  }
  Status set = target_->execute(fmt::format("SET statement_timeout = {}", left(deadline).count()));
  if (set) set = fencing::set_sequences(*target_, *sequences);
  const Status unlimited = target_->execute("SET statement_timeout = 0");
  if (set) return unlimited;
  if (set.error().sqlstate == postgres::kQueryCanceled) set.error().code = ErrorCode::refused;
  return set;
}

/// Takes snapshots of both servers at the source's last state, for the comparison after the opening.
Status Switchover::take_snapshots() {
  constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  const auto take = [&](std::optional<postgres::Connection>& session, const discovery::Endpoint& end,
                        Side side) -> Result<std::string> {
    if (Status there = live::ensure_session(session, end, side, context_.stop); !there)
      return fail(there.error());
    if (Status begun = session->execute(std::string("ROLLBACK; ") + kBegin); !begun)
      return fail(begun.error());
    const Result<postgres::Rows> taken = session->query("SELECT pg_catalog.pg_export_snapshot()");
    if (!taken) return taken.error().during("taking a snapshot");
    return taken->string(0, 0);
  };
  Result<std::string> source = take(source_snapshot_, *context_.ends.source, Side::source);
  if (!source) return fail(source.error());
  Result<std::string> target = take(target_snapshot_, *context_.ends.target, Side::target);
  if (!target) return fail(target.error());
  snapshots_ = live::SnapshotPair{.source = std::move(*source), .target = std::move(*target)};
  return {};
}

/// Waits until all that was applied is on the target's disk, and as safe as its commits are.
Status Switchover::make_durable() {
  const std::string slot = postgres::quote_literal(turns_.forward);
  const Status durable = target_->execute(
      fmt::format("BEGIN; {}; UPDATE {} SET slot = {} WHERE slot = {}; COMMIT", postgres::kCommitAsConfigured,
                  postgres::quote(schema_, "follow_progress"), slot, slot));
  if (!durable) return durable.error().during("making the last changes durable on the target");
  return {};
}

}  // namespace pghaul::job
