#include "job/switchover.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/wait_for.h"
#include "discovery/target_hold.h"
#include "follow/set_aside.h"
#include "follow/status.h"
#include "job/switchover_checks.h"
#include "job/verify_databases.h"
#include "live/barrier_request.h"
#include "live/session.h"
#include "postgres/sqlstate.h"

namespace pghaul::job {
namespace {

using postgres::Side;

constexpr std::chrono::milliseconds kReadyInterval{200};
constexpr double kReadyLag = 0.5;  // seconds that the target may need for what is under way

}  // namespace

Status Switchover::get_ready() {
  if (Status found = list_what_to_close(); !found) return found;
  const bool was_switched = turns_.source > 0 || turns_.target > 0;
  if (Status turned = was_switched ? await_turn() : Status(); !turned) return turned;
  if (Status followed = ensure_followed(); !followed) return followed;
  if (Status prepared = prepare_source(); !prepared) return prepared;
  if (was_switched) {
    const Result<std::vector<fencing::Sequence>> sequences = fencing::read_sequences(*source_, *target_);
    if (!sequences) return fail(sequences.error());
    if (Status done = fencing::prepare_sequences(*target_, *sequences); !done) return done;
  }
  Status copied = carry_->copy_beforehand(*source_, at_most());
  report_.carried = carry_->report();
  if (!copied) return copied;
  // After the rows that are carried: a view may be of these.
  if (Status refreshed = refresh_views(*target_, context_.stop); !refreshed) return refreshed;
  if (Status same = compare_definitions(was_switched); !same) return same;
  if (context_.options.way_back) {
    Result<live::WayBack> way_back = live::WayBack::prepare(context_.ends, context_.stop);
    if (!way_back) {
      Error error = way_back.error();
      error.message = "there would be no way back: " + error.message;
      if (error.hint.empty()) error.hint = "--no-way-back goes on without";
      return fail(std::move(error));
    }
    way_back_.emplace(std::move(*way_back));
  } else if (turns_.target == 0) {
    Status forgotten = live::WayBack::forget(*target_, *context_.ends.target, turns_.back, context_.stop);
    if (!forgotten) return forgotten;
  }
  return wait_until_ready();
}

/// Waits for the pghaul that has followed in the other direction to turn round.
Status Switchover::await_turn() {
  const auto deadline = Clock::now() + as_milliseconds(context_.options.wait_ready);
  for (;;) {
    const Result<std::optional<measure::LiveStatus>> status =
        follow::StatusTable(schema_).find(*target_, turns_.forward);
    if (!status) return fail(status.error());
    if (*status && (*status)->running.value_or(false)) return {};
    const Result<bool> held = discovery::is_target_held(context_.options.back ? *source_ : *target_);
    if (!held) return fail(held.error());
    if (!*held) return {};
    if (Clock::now() >= deadline) {
      return fail(ErrorCode::refused,
                  "the pghaul that has followed in the other direction has not turned round",
                  "see pghaul status, and try again");
    }
    if (!wait_for(kReadyInterval, context_.stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
}

/// Has the changes applied by this process, unless another one works in the target: that one follows already,
/// or is about to, which wait_until_ready() waits for.
Status Switchover::ensure_followed() {
  if (follower_ && follower_->state()) return {};
  follower_.reset();  // it has ended
  const Result<std::optional<measure::LiveStatus>> status =
      follow::StatusTable(schema_).find(*target_, turns_.forward);
  if (!status) return fail(status.error());
  if (*status && (*status)->running.value_or(false)) return {};
  const Result<bool> held = discovery::is_target_held(*target_);
  if (!held) return fail(held.error());
  if (*held) return {};
  Result<std::unique_ptr<live::SwitchoverFollower>> follower =
      live::SwitchoverFollower::start(context_, {.source = *context_.ends.source,
                                                 .target = *context_.ends.target,
                                                 .slot = turns_.forward,
                                                 .schema = schema_,
                                                 .source_description = source_->describe(),
                                                 .turn = turns_.target});
  if (!follower && follower.error().sqlstate == postgres::kLockNotAvailable) return {};  // just begun
  if (!follower) return fail(follower.error());
  follower_ = std::move(*follower);
  return {};
}

/// Lists what is to be closed, and refuses where the role may not, or the server can't.
Status Switchover::list_what_to_close() {
  postgres::Connection& copied = context_.options.back ? *source_ : *target_;
  if (Status same = adopt_copy_options(copied, options_); !same) return same;
  const bool partial = !context_.options.filters.all();
  carry_.emplace(context_.ends, turns_.forward, context_.stop);
  if (!partial) {
    if (Status found = carry_->find(*source_, *target_, context_.options); !found) return found;
  }
  Result<std::vector<fencing::FencedTable>> tables =
      fencing::read_fenced_tables(*source_, turns_.forward, fence_->trigger(), carry_->relations());
  if (!tables) return fail(tables.error());
  tables_ = std::move(*tables);
  relations_.clear();
  for (const fencing::FencedTable& table : tables_) {
    relations_.push_back(table.oid);
    if (table.owned) continue;
    return fail(ErrorCode::refused,
                "table " + table.name + " can't be closed to writers, as the role does not own it",
                "connect as its owner, or as a role that is a member of the owner");
  }
  Result<std::vector<std::uint32_t>> sequences = fencing::SequenceFence::choose(*source_, *target_, partial);
  if (!sequences) return fail(sequences.error());
  sequences_ = std::move(*sequences);
  relations_.insert(relations_.end(), sequences_.begin(), sequences_.end());
  const std::vector<fencing::FencedTable> catalogs = carry_->locked_catalogs();
  locked_ = tables_;
  locked_.insert(locked_.end(), catalogs.begin(), catalogs.end());
  for (const fencing::FencedTable& catalog : catalogs) relations_.push_back(catalog.oid);
  if (Status carried = check_not_carried(*source_, !catalogs.empty(), context_); !carried) return carried;
  return check_locks(*source_, locked_.size() + sequences_.size());
}

/// Makes what closes the source. A new session shows that PL/pgSQL can be loaded, which each writer will
/// need.
Status Switchover::prepare_source() {
  Result<postgres::Connection> fresh = live::open_session(*context_.ends.source, Side::source, context_.stop);
  if (!fresh) return fail(fresh.error());
  if (const Status loads = fresh->execute("DO $$BEGIN END$$"); !loads)
    return loads.error().during("the source can't run PL/pgSQL, which closing it needs");
  prepared_ = true;
  if (Status made = fence_->create_function(*source_); !made) return made;
  if (Status made = fencing::SequenceFence(turns_.forward).create_function(*source_); !made) return made;
  if (context_.options.end_blockers) {
    note_blockers(context_.options.at_most);
    if (Status ended = fencing::end_blockers(*source_, blockers_); !ended) return ended;
  }
  Status made = fence_->create_triggers(*source_, tables_);
  if (!made && made.error().code == ErrorCode::refused) {
    note_blockers(0);
    if (!blockers_.empty()) made.error().message += ", because of " + fencing::listed(blockers_);
    const Result<std::vector<std::string>> prepared = fencing::find_prepared(*source_);
    if (prepared && !prepared->empty()) made.error().message += "; " + prepared->front();
  }
  return made;
}

/// Compares the definitions of both sides, as the comparison after the decision would find differences too
/// late. Where triggers and foreign keys of the target are set aside until the opening, only that one can.
Status Switchover::compare_definitions(bool closed_before) {
  const Result<bool> aside = follow::SetAside(schema_).has_any(*target_);
  if (!aside) return fail(aside.error());
  if (*aside) return {};
  return refuse_different_definitions(
      context_, closed_before, "alter one of them; --verify none switches over without any comparison");
}

/// Waits until a marker arrives soon, and until nobody is in a transaction that has written for longer than
/// writers may wait.
Status Switchover::wait_until_ready() {
  const auto deadline = Clock::now() + as_milliseconds(context_.options.wait_ready);
  const double most = std::min(kReadyLag, context_.options.at_most / 2);
  for (;;) {
    if (Status followed = ensure_followed(); !followed) return followed;  // who followed may have ended
    std::string why;
    const auto start = Clock::now();
    if (Status drained = drain(std::min(deadline, start + std::chrono::seconds(30))); !drained) {
      if (drained.error().code != ErrorCode::refused) return drained;
      why = drained.error().message;
    }
    const double lag = std::chrono::duration<double>(Clock::now() - start).count();
    if (why.empty() && lag > most) why = fmt::format("the target is {:.1f} s behind", lag);
    note_blockers(context_.options.at_most);
    const Result<std::vector<std::string>> prepared = fencing::find_prepared(*source_);
    if (!prepared) return fail(prepared.error());
    if (why.empty() && !prepared->empty()) why = prepared->front();
    if (why.empty() && !blockers_.empty() && !context_.options.end_blockers) why = fencing::listed(blockers_);
    if (why.empty()) return {};
    if (Clock::now() >= deadline) {
      return fail(ErrorCode::refused, "the switchover did not begin: " + why,
                  "wait for it to end, or end it; --wait-ready waits for longer");
    }
    if (!wait_for(kReadyInterval, context_.stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
}

/// Compares every row at a barrier, while both servers go on; as after the decision, without materialized
/// views, which are refreshed on the target only.
Status Switchover::prove_first() {
  discovery::Options options = context_.options;
  options.live = true;
  discovery::VerbContext context{options,           context_.ends,   context_.stop,
                                 context_.timeline, context_.events, context_.report};
  const Result<live::BarrierRequest> barrier = live::BarrierRequest::ask(context);
  if (!barrier) return fail(barrier.error());
  return compare_live(context, {.snapshots = barrier->snapshots(),
                                .has_closed_sequences = barrier->was_switched(),
                                .with_views = false});
}

}  // namespace pghaul::job
