#include "job/live_copy.h"

#include "base/guard.h"
#include "catalog/read_catalog.h"
#include "discovery/discovery.h"
#include "discovery/session_encoding.h"
#include "fencing/switchover_lock.h"
#include "job/adopt_standby.h"
#include "job/copy.h"
#include "job/fill_report.h"
#include "job/mention_journal.h"
#include "job/prepare_standby.h"
#include "job/refusal_of_findings.h"
#include "job/watched_discovery.h"
#include "live/catch_up.h"
#include "live/follower.h"
#include "live/replication_setup.h"
#include "live/session.h"
#include "live/source_watch.h"
#include "live/way_back.h"
#include "measure/clock.h"

namespace pghaul::job {

using postgres::Side;

Status LiveCopy::run() {
  context_.report.is_downtime = false;  // the application writes on
  return guarded("copying", [&] { return run_phases(); });
}

Status LiveCopy::run_phases() {
  if (context_.options.prepare_standby) return prepare_standby(context_, touched_);
  Status done = look();
  if (done && schema_.empty() && !context_.options.filled_at.empty()) {
    done = adopt();
    if (done) done = look();
  } else if (done && schema_.empty()) {
    done = prepare();
    if (done) done = copy();
    if (!done) return clean_up(std::move(done));
    if (done) done = look();
  }
  if (done) done = follow();
  return done;
}

/// Finds out how far a live copy has come into this target.
Status LiveCopy::look() {
  Result<postgres::Connection> target =
      live::open_session(*context_.ends.target, Side::target, context_.stop);
  if (!target) return fail(target.error());
  const Result<catalog::Server> server = catalog::read_server(*target);
  if (!server) return server.error().during("looking at the target");
  const std::string& filled_at = context_.options.filled_at;
  name_ = live::live_name(*server);
  if (!context_.options.resume && !changes_ && filled_at.empty()) return {};
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(*target);
  if (!journal) return fail(journal.error());
  if (!*journal || (*journal)->header().stage != journal::Journal::Stage::following) return {};
  // A former standby may have one of its source's, which was itself the target of a live copy.
  if (!filled_at.empty() && (*journal)->header().filled_at() != filled_at) return {};
  Result<std::string> name = live::live_name(*target, *server);
  if (!name) return fail(name.error());
  name_ = std::move(*name);
  schema_ = (*journal)->schema();
  source_description_ = (*journal)->header().source_description;
  context_.report.target = described(*server, *target);
  return {};
}

/// Takes a target that was a standby as filled: its changes follow, as if a copy had ended there.
Status LiveCopy::adopt() {
  if (const Status held = ensure_hold(); !held) return held;
  return discovery::time_phase(context_, "adopt", [&] { return adopt_standby(context_, touched_); });
}

/// Makes publication and slot on the source, unless an earlier run has.
Status LiveCopy::prepare() {
  if (context_.options.resume) {
    Result<follow::Progress> changes = live::find_live_copy(*context_.ends.source, name_, context_.stop);
    if (!changes) return fail(changes.error());
    changes_ = std::move(*changes);
    return {};
  }
  return discovery::time_phase(context_, "prepare", [&] { return check_and_register(); });
}

/// Looks at everything first: what is refused leaves no trace.
Status LiveCopy::check_and_register() {
  const Result<postgres::ConnectionString> target = context_.ends.target->connection_string();
  if (!target) return fail(target.error());
  Result<discovery::TargetHold> hold = discovery::TargetHold::open(*target, context_.stop);
  if (!hold) return fail(hold.error());  // another pghaul may be following with this very slot
  Result<discovery::Discovery> found = discover_watched(context_, "live");
  if (!found) return fail(found.error());
  const Result<std::optional<journal::Journal>> earlier = journal::Journal::find(hold->connection());
  if (earlier && *earlier) mention_journal((*earlier)->header(), true, *found);
  Result<std::vector<plan::Finding>> live = live::live_findings(*found, context_.stop);
  if (!live) return fail(live.error());
  for (plan::Finding& finding : *live) {
    if (finding.severity == plan::Finding::Severity::warning) {
      context_.events.warning(finding.message, finding.hint, finding.object);
    }
  }
  const std::vector<measure::Report::Finding> before = context_.report.findings;
  found->findings.insert(found->findings.end(), live->begin(), live->end());
  report_databases(*found, context_.report);
  report_findings(*found, context_.report);
  if (Status refused = refusal_of(found->findings); !refused) return refused;
  // The copy finds and reports its own again; of these only those of the live copy stay.
  found->findings = std::move(*live);
  context_.report.findings = before;
  report_findings(*found, context_.report);
  touched_ = true;
  Result<follow::Progress> changes = live::register_live_copy(
      *found, {.name = name_, .target = found->target_description, .started = {}}, context_.stop);
  if (!changes) return fail(changes.error());
  changes_ = std::move(*changes);
  return {};
}

Status LiveCopy::copy() {
  live::SourceWatch source(context_, *context_.ends.source, name_);
  discovery::VerbContext context = context_;
  context.stop = source.stop();
  Changes changes{.from = *changes_,
                  .catch_up = [&](const std::string& schema,
                                  Lsn until) { return live::catch_up(context, name_, schema, until); },
                  .hand_over = [&](discovery::TargetHold hold) { hold_.emplace(std::move(hold)); }};
  Status done = source.conclude(copy_database(context, touched_, changes));
  return source.given_up() ? give_slot_up(std::move(done)) : done;
}

/// Drops what the live copy keeps on the source: it is worth more than the copy.
Status LiveCopy::give_slot_up(Status because) {
  const Status removed = live::unregister_live_copy(*context_.ends.source, name_, context_.stop);
  return removed ? because : removed.error().during(because.error().message);
}

/// Removes from the source what serves for nothing any more: where no --resume can go on. A slot would keep
/// the source's WAL for ever.
Status LiveCopy::clean_up(Status failed) {
  const ErrorCode code = failed.error().code;
  const bool for_good = code == ErrorCode::mismatch || code == ErrorCode::refused;
  if (!for_good || !changes_ || context_.options.resume) return failed;
  const Status removed = live::unregister_live_copy(*context_.ends.source, name_, context_.stop);
  if (!removed) {
    context_.events.warning(
        "what the live copy keeps on the source could not be removed: " + removed.error().message,
        "pghaul abandon SOURCE TARGET removes it", {});
  }
  return failed;
}

/// Follows in one direction after the other: each switchover ends one.
Status LiveCopy::follow() {
  return discovery::announce_phase(context_, "follow", [&]() -> Status {
    if (const Status held = ensure_hold(); !held) return held;
    touched_ = true;
    for (;;) {
      Result<std::optional<live::Follower::Direction>> direction = find_direction();
      if (!direction) return fail(direction.error());
      if (!*direction) return {};
      const bool back = (*direction)->closed_target.has_value();
      const std::unique_ptr<live::LateWriteWatch> late_writes = back ? watch_late_writes() : nullptr;
      if (back) (*direction)->closed_target->late_writes = late_writes.get();
      live::Follower follower({context_.options, following_ends_, context_.stop, context_.timeline,
                               context_.events, context_.report},
                              **direction);
      const Status followed = follower.run();
      if (follower.slot_given_up() && !back) return give_slot_up(followed);
      if (follower.slot_given_up()) {
        const Status dropped = live::drop_live_slot((*direction)->source, (*direction)->slot, context_.stop);
        if (!dropped) return dropped;
      }
      if (!followed) return back ? way_back_ended(followed.error()) : followed;
      has_turned_ = true;
    }
  });
}

/// Keeps other runs out of the target; where this run has copied it, it has done so all along.
Status LiveCopy::ensure_hold() {
  if (hold_) return {};
  const Result<postgres::ConnectionString> target = context_.ends.target->connection_string();
  if (!target) return fail(target.error());
  Result<discovery::TargetHold> hold = discovery::TargetHold::open(*target, context_.stop);
  if (!hold) return fail(hold.error());
  hold_.emplace(std::move(*hold));
  return {};
}

/// Tells whether a switchover may have prepared what it closes next. One that comes after this run has turned
/// round waits until it follows.
Result<bool> LiveCopy::is_switchover_under_way() {
  if (has_turned_) return false;
  Result<postgres::Connection> target =
      live::open_session(*context_.ends.target, Side::target, context_.stop);
  if (!target) return fail(target.error());
  return fencing::is_switchover_under_way(*target);
}

/// Starts the watch for late writes. If it can't be, drops the closed server's slot, which would keep WAL for
/// nobody, unless a switchover may need it.
std::unique_ptr<live::LateWriteWatch> LiveCopy::watch_late_writes() {
  const Result<bool> switching = is_switchover_under_way();
  const bool later = !switching || *switching;
  const auto begin = later ? live::LateWriteWatch::begin_later : live::LateWriteWatch::begin;
  Result<std::unique_ptr<live::LateWriteWatch>> watch =
      begin(context_, *following_ends_.source, *following_ends_.target, name_, schema_);
  if (watch) return std::move(*watch);
  context_.events.warning(
      "late writes to the source are not watched for: " + watch.error().message,
      later ? "its replication slot keeps WAL meanwhile: stop the pghaul that follows; "
              "pghaul copy --follow --resume watches again, and pghaul finish drops the slot"
            : "",
      {});
  if (later) return nullptr;
  if (const Status dropped = live::drop_live_slot(*context_.ends.source, name_, context_.stop); !dropped)
    context_.events.warning(dropped.error().message, dropped.error().hint, {});
  return nullptr;
}

/// Tells who follows whom, by which of the two servers a switchover has closed. Nothing: there is no way
/// back.
Result<std::optional<live::Follower::Direction>> LiveCopy::find_direction() {
  Result<postgres::Connection> source =
      live::open_session(*context_.ends.source, Side::source, context_.stop);
  if (!source) return fail(source.error());
  Result<postgres::Connection> target =
      live::open_session(*context_.ends.target, Side::target, context_.stop);
  if (!target) return fail(target.error());
  const Result<catalog::Server> server = catalog::read_server(*source);
  if (!server) return server.error().during("looking at the source");
  context_.report.source = described(*server, *source);
  const Result<catalog::Server> other = catalog::read_server(*target);
  if (!other) return other.error().during("looking at the target");
  following_ends_ = discovery::in_common_encoding(context_.ends, server->encoding, other->encoding);
  const Result<live::LiveTurns> turns = live::read_turns(*source, *target);
  if (!turns) return fail(turns.error());
  if (!turns->switched()) {
    const Result<bool> switching = is_switchover_under_way();
    if (!switching) return fail(switching.error());
    if (turns->target > 0 && !*switching) {  // it would keep WAL for nobody until the next makes it anew
      const Status dropped = live::drop_live_slot(*context_.ends.target, turns->back, context_.stop);
      if (!dropped) return fail(dropped.error());
    }
    return live::Follower::Direction{.source = *following_ends_.source,
                                     .target = *following_ends_.target,
                                     .slot = name_,
                                     .schema = schema_,
                                     .source_description = source_description_,
                                     .turn = turns->target};
  }
  const Result<std::string> schema = live::follower_schema(*source);
  if (!schema) return fail(schema.error());
  const follow::ProgressTable table(*schema);
  if (const Status there = table.create(*source); !there) return fail(there.error());
  const Result<std::optional<follow::Progress>> progress = table.find(*source, turns->back);
  if (!progress) return fail(progress.error());
  if (!*progress) return std::nullopt;
  return live::Follower::Direction{.source = *following_ends_.target,
                                   .target = *following_ends_.source,
                                   .slot = turns->back,
                                   .schema = *schema,
                                   .source_description = target->describe(),
                                   .turn = turns->source,
                                   .closed_target = live::ClosedTarget{.shown_in = schema_}};
}

/// The server that is open goes on whatever becomes of the way back.
Status LiveCopy::way_back_ended(const Error& error) {
  if (error.code == ErrorCode::interrupted) return fail(error);
  return error.during("the way back is lost since " + measure::utc_now());
}

}  // namespace pghaul::job
