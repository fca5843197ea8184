#include "job/switchover.h"

#include <fmt/format.h>

#include <utility>

#include "base/live_schema.h"
#include "follow/registration.h"
#include "live/session.h"
#include "postgres/quote.h"
#include "postgres/session_settings.h"
#include "postgres/transaction.h"

namespace pghaul::job {
namespace {

using postgres::Side;

}  // namespace

/// Closes the source by the commit of the transaction that holds its writers.
Status Switchover::decide(fencing::Hold& hold) {
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
  touched_ = true;
  report_.state = "decided";
  return commit(hold);
}

/// Commits, and returns once another session sees the decision. The answer comes later: then the server has
/// also removed the files that the sequences had before, one by one, and nobody waits for that.
Status Switchover::commit(fencing::Hold& hold) {
  committing_ = std::async(std::launch::async, [&hold] { return hold.commit(); });
  const Result<bool> decided = is_decided();
  if (decided && *decided) return {};
  const Status done = committing_.get();
  return done ? done : find_decision(done.error());
}

/// Waits for the transaction that may be about to decide, if there is one.
Result<bool> Switchover::is_decided() {
  postgres::Transaction reading =
      postgres::Transaction::begin(*source_);  // rolled back: it waits for no standby
  const Result<postgres::Rows> row = source_->query(fmt::format(
      "SELECT coalesce((pg_catalog.to_jsonb(c) ->> 'turn')::int, 0) FROM {} AS c WHERE c.name = {}"
      " FOR UPDATE",
      postgres::quote(kLiveSchema, "copies"), postgres::quote_literal(turns_.forward)));
  if (!row) return row.error().during("finding out whether the source is closed");
  return row->size() == 1 && row->integer(0, 0) == turn_;
}

/// Finds out whether a commit happened whose answer was lost.
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
  const Result<bool> decided = is_decided();
  if (!decided) return fail(decided.error());
  if (*decided) return {};
  touched_ = false;
  report_.state = "open";
  lost.code = ErrorCode::refused;
  return fail(std::move(lost));
}

}  // namespace pghaul::job
