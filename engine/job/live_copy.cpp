#include "job/live_copy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/guard.h"
#include "base/live_schema.h"
#include "base/wait_for.h"
#include "catalog/read_catalog.h"
#include "crew/retry.h"
#include "discovery/archive_folder.h"
#include "discovery/discovery.h"
#include "follow/barrier_feed.h"
#include "follow/follow.h"
#include "follow/selected_feed.h"
#include "follow/server_feed.h"
#include "follow/strict_applier.h"
#include "job/copy.h"
#include "job/fill_report.h"
#include "job/live_monitor.h"
#include "job/live_session.h"
#include "job/live_source.h"
#include "job/mention_journal.h"
#include "job/preflight_refusal.h"

namespace pghaul::job {
namespace {

using postgres::Side;

measure::Report::Database described(const catalog::Server& server, const postgres::Connection& connection) {
  return {server.version_text, server.database, connection.describe(), server.database_bytes,
          server.settings};
}

}  // namespace

Status check_follow(const discovery::Options& options) {
  const auto refused = [](const char* what, const char* hint) { return fail(ErrorCode::usage, what, hint); };
  if (discovery::archive_folder(options.source) || discovery::archive_folder(options.target)) {
    return refused("--follow needs two servers, and an archive is none", "leave --follow out");
  }
  if (options.discard || options.rehearse) {
    return refused("--follow keeps a copy up to date, and --discard and --rehearse keep none",
                   "leave --follow out, or the other");
  }
  if (options.open_after != plan::Milestone::verified) {
    return refused("--open-after lets an application into a target that --follow would still write to",
                   "leave --follow or --open-after out");
  }
  if (!options.snapshot.empty()) {
    return refused("--follow takes its own snapshot, which has to fit its replication slot",
                   "leave --snapshot out");
  }
  return {};
}

Status LiveCopy::run() {
  context_.report.is_downtime = false;  // the application writes on
  return guarded("copying", [&] { return run_phases(); });
}

Status LiveCopy::run_phases() {
  Status done = look();
  if (done && schema_.empty()) {
    done = prepare();
    if (done) done = copy_database(context_, touched_, changes_);
    if (!done) return clean_up(std::move(done));
    if (done) done = look();
  }
  if (done) done = follow();
  return done;
}

/// Finds out how far a live copy has come into this target.
Status LiveCopy::look() {
  Result<postgres::Connection> target = open_session(*context_.ends.target, Side::target, context_.stop);
  if (!target) return fail(target.error());
  const Result<catalog::Server> server = catalog::read_server(*target);
  if (!server) return server.error().during("looking at the target");
  name_ = live_name(*server);
  if (!context_.options.resume && !changes_) return {};
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(*target);
  if (!journal) return fail(journal.error());
  if (!*journal || (*journal)->header().stage != journal::Journal::Stage::following) return {};
  schema_ = (*journal)->schema();
  source_description_ = (*journal)->header().source_description;
  context_.report.target = described(*server, *target);
  touched_ = true;
  return {};
}

/// Makes publication and slot on the source, unless an earlier run has.
Status LiveCopy::prepare() {
  if (context_.options.resume) {
    Result<follow::Progress> changes = find_live_copy(*context_.ends.source, name_, context_.stop);
    if (!changes) return fail(changes.error());
    changes_ = std::move(*changes);
    touched_ = true;
    return {};
  }
  return time_phase(context_, "prepare", [&] { return check_and_register(); });
}

/// Looks at everything first: what is refused leaves no trace.
Status LiveCopy::check_and_register() {
  const Result<postgres::ConnectionString> target = context_.ends.target->connection_string();
  if (!target) return fail(target.error());
  Result<discovery::TargetHold> hold = discovery::TargetHold::open(*target, context_.stop);
  if (!hold) return fail(hold.error());  // another pghaul may be following with this very slot
  Result<discovery::Discovery> found = discovery::discover(context_.options, context_.ends, context_.stop);
  if (!found) return fail(found.error());
  const Result<std::optional<journal::Journal>> earlier = journal::Journal::find(hold->connection());
  if (earlier && *earlier) mention_journal((*earlier)->header(), true, *found);
  Result<std::vector<plan::Finding>> live = live_findings(*found, context_.stop);
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
  Result<follow::Progress> changes = register_live_copy(*found, context_.stop);
  if (!changes) return fail(changes.error());
  changes_ = std::move(*changes);
  return {};
}

/// Removes from the source what serves for nothing any more: where no --resume can go on. A slot would keep
/// the source's WAL for ever.
Status LiveCopy::clean_up(Status failed) {
  const ErrorCode code = failed.error().code;
  const bool for_good = code == ErrorCode::mismatch || code == ErrorCode::refused;
  if (!for_good || !changes_ || context_.options.resume) return failed;
  const Status removed = unregister_live_copy(*context_.ends.source, name_, context_.stop);
  if (!removed) {
    context_.events.warning(
        "what the live copy keeps on the source could not be removed: " + removed.error().message,
        "pghaul abandon SOURCE TARGET removes it", {});
  }
  return failed;
}

Status LiveCopy::follow() {
  return announce_phase(context_, "follow", [&]() -> Status {
    const Result<postgres::ConnectionString> target = context_.ends.target->connection_string();
    if (!target) return fail(target.error());
    const Result<discovery::TargetHold> hold = discovery::TargetHold::open(*target, context_.stop);
    if (!hold) return fail(hold.error());
    LiveBarriers barriers(*context_.ends.source, *context_.ends.target, name_, schema_, context_.stop);
    LiveMonitor monitor(context_, {.source = *context_.ends.source,
                                   .target = *context_.ends.target,
                                   .slot = name_,
                                   .schema = schema_,
                                   .source_description = source_description_,
                                   .meter = meter_,
                                   .visibility = visibility_,
                                   .barriers = barriers});
    Status followed = keep_following(barriers);
    monitor.conclude(followed);
    return followed;
  });
}

/// Goes on after outages, as long as each ends within --retry-for.
Status LiveCopy::keep_following(LiveBarriers& barriers) {
  crew::Backoff backoff(context_.options.retry_for);
  std::uint64_t furthest = meter_.durable;
  for (int attempt = 1;; ++attempt) {
    const double start = context_.timeline.now();
    Status followed = follow_once(barriers);
    if (context_.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
    if (followed) return followed;
    if (meter_.durable > furthest) {  // another outage than the last one
      furthest = meter_.durable;
      backoff = crew::Backoff(context_.options.retry_for);
      attempt = 1;
    }
    if (!crew::may_pass(followed.error())) return followed;
    const std::optional<std::chrono::milliseconds> wait =
        backoff.after(followed.error(), crew::milliseconds_since(context_.timeline, start));
    if (!wait) return followed;
    context_.events.retry("following the changes", followed.error().message,
                          std::chrono::duration<double>(*wait).count(), attempt);
    if (!wait_for(*wait, context_.stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
}

Status LiveCopy::follow_once(LiveBarriers& barriers) {
  const Result<postgres::ConnectionString> source = context_.ends.source->connection_string();
  if (!source) return fail(source.error());
  const Result<postgres::ConnectionString> target = context_.ends.target->connection_string();
  if (!target) return fail(target.error());
  if (encoding_.empty()) {
    Result<postgres::Connection> asked = postgres::Connection::open(*source, Side::source, {}, context_.stop);
    if (!asked) return fail(asked.error());
    const Result<catalog::Server> server = catalog::read_server(*asked);
    if (!server) return server.error().during("looking at the source");
    encoding_ = server->encoding;
    context_.report.source = described(*server, *asked);
  }
  const Result<std::unique_ptr<follow::StrictApplier>> applier = follow::StrictApplier::open(
      *target, encoding_, follow::ProgressTable(schema_), name_, {}, context_.stop);
  if (!applier) return fail(applier.error());
  const follow::Progress& progress = (*applier)->progress();
  meter_.durable = std::max(meter_.durable.load(), progress.position.value);
  const std::optional<follow::SnapshotStart> start =
      follow::SnapshotStart::parse(progress.snapshot, progress.snapshot_until);
  if (!start) return fail(ErrorCode::refused, "the target does not say under which snapshot it was copied");
  Result<follow::ServerFeed> feed =
      follow::ServerFeed::open(*source, encoding_, progress, {name_}, context_.stop);
  if (!feed) return fail(feed.error());
  visibility_.restart();
  follow::BarrierFeed barrier(*feed, kLiveSchema, visibility_, barriers.requested(),
                              barriers.hooks());
  follow::SelectedFeed selected(barrier, *start, kLiveSchema, meter_);
  (*applier)->set_waiting([&] { return feed->keep_alive(); });
  return follow::follow(selected, **applier, context_.stop);
}

}  // namespace pghaul::job
