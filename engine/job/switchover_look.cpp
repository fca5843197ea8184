#include "job/switchover.h"

#include <utility>

#include "catalog/read_catalog.h"
#include "discovery/session_encoding.h"
#include "follow/progress.h"
#include "job/fill_report.h"
#include "journal/journal.h"
#include "live/session.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"

namespace pghaul::job {
namespace {

using postgres::Side;

}  // namespace

/// Finds out what is to be switched over, and whether an earlier run has decided already.
Status Switchover::look() {
  if (Status locked = ensure_lock(); !locked) return locked;
  if (Status there = live::ensure_session(source_, *context_.ends.source, Side::source, context_.stop);
      !there)
    return there;
  if (Status there = live::ensure_session(target_, *context_.ends.target, Side::target, context_.stop);
      !there)
    return there;
  const Result<catalog::Server> source = catalog::read_server(*source_);
  if (!source) return source.error().during("looking at the source");
  const Result<catalog::Server> target = catalog::read_server(*target_);
  if (!target) return target.error().during("looking at the target");
  if (Status agreed = agree_on_encoding(source->encoding, target->encoding); !agreed) return agreed;
  context_.report.source = described(*source, *source_);
  context_.report.target = described(*target, *target_);
  target_text_ = target_->describe();
  Result<live::LiveTurns> turns = live::read_turns(*source_, *target_);
  if (!turns) return fail(turns.error());
  turns_ = std::move(*turns);
  Result<std::string> schema = live::follower_schema(*target_);
  if (!schema) return fail(schema.error());
  schema_ = std::move(*schema);
  fence_.emplace(turns_.forward);
  turn_ = turns_.switched() ? turns_.source : turns_.next();
  if (!turns_.switched()) {
    if (Status follows = check_that_it_follows(); !follows) return follows;
    const postgres::CancelOnStop cancel_on_stop(context_.stop, *source_);
    const Result<bool> decided =  // by a run that was killed when its commit was under way
        await_decision("an earlier switchover may have decided",
                       Clock::now() + as_milliseconds(context_.options.wait_ready));
    if (!decided) return fail(decided.error());
    if (!*decided) return {};
  }
  touched_ = true;
  report_.state = "decided";
  report_.resumed = true;
  return {};
}

/// Keeps other switchovers out, also where the session that has done so is gone.
Status Switchover::ensure_lock() {
  if (lock_ && lock_->check(at_most())) return {};
  lock_.reset();
  const discovery::Endpoint& copied = context_.options.back ? *context_.ends.source : *context_.ends.target;
  const Result<postgres::ConnectionString> server = copied.connection_string();
  if (!server) return fail(server.error());
  Result<fencing::SwitchoverLock> lock = fencing::SwitchoverLock::open(*server, context_.stop);
  if (!lock) return fail(lock.error());
  lock_.emplace(std::move(*lock));
  return {};
}

/// From here on names and keys of one server are understood by the other.
Status Switchover::agree_on_encoding(const std::string& of_source, const std::string& of_target) {
  if (of_source == of_target) return {};
  ends_ = discovery::in_common_encoding(ends_, of_source, of_target);
  const std::string set =
      "SET client_encoding = " + postgres::quote_literal(discovery::common_encoding(of_source, of_target));
  const Status agreed = source_->execute(set);
  return agreed ? target_->execute(set) : agreed;
}

Status Switchover::check_that_it_follows() {
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(*target_);
  if (!journal) return fail(journal.error());
  const bool copying = *journal && (*journal)->header().is_live() &&
                       (*journal)->header().stage != journal::Journal::Stage::following;
  if (copying) {
    return fail(ErrorCode::refused, "the live copy has not copied all rows yet",
                "wait until pghaul status says that it follows");
  }
  const Result<postgres::Rows> there =
      target_->query("SELECT pg_catalog.to_regclass(" +
                     postgres::quote_literal(postgres::quote(schema_, "follow_progress")) + ") IS NOT NULL");
  if (!there) return fail(there.error());
  if (there->boolean(0, 0)) {
    const Result<std::optional<follow::Progress>> progress =
        follow::ProgressTable(schema_).find(*target_, turns_.forward);
    if (!progress) return fail(progress.error());
    if (*progress) return {};
  }
  return fail(ErrorCode::refused, "the target is not kept up to date by a live copy of this source",
              "pghaul copy --follow SOURCE TARGET starts one");
}

}  // namespace pghaul::job
