#include "job/prepare_standby.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "catalog/read_catalog.h"
#include "discovery/discovery.h"
#include "discovery/job_identity.h"
#include "follow/registration.h"
#include "job/fill_report.h"
#include "job/refusal_of_findings.h"
#include "job/watched_discovery.h"
#include "live/replication_setup.h"
#include "live/session.h"
#include "postgres/quote.h"

namespace pghaul::job {
namespace {

using postgres::Side;

constexpr int kTellsWhetherPaused = 140000;  // before, only whether that was asked for

/// Does the work of prepare_standby(). Its phases, in order, are run()'s lines.
class StandbyPreparation {
 public:
  StandbyPreparation(discovery::VerbContext context, bool& touched)
      : context_(std::move(context)), touched_(touched) {}

  Status run() {
    Status done = look_at_standby();
    if (done) done = look_at_source();
    if (done) done = refuse_second();
    if (done) done = refuse_subscriptions();
    if (!done) return done;
    done = make();
    if (done) done = note_position();
    if (done) done = check_replayed();
    return done ? done : undo(std::move(done));
  }

 private:
  Status look_at_standby() {
    Result<postgres::Connection> standby =
        live::open_session(*context_.ends.target, Side::target, context_.stop);
    if (!standby) return fail(standby.error());
    standby_.emplace(std::move(*standby));
    const Result<catalog::Server> server = catalog::read_server(*standby_);
    if (!server) return server.error().during("looking at the target");
    context_.report.target = described(*server, *standby_);
    standby_identity_ = discovery::identity_of(*server);
    const Result<postgres::Rows> paused = standby_->query(
        std::string("SELECT pg_catalog.pg_is_in_recovery(), CASE WHEN pg_catalog.pg_is_in_recovery() THEN ") +
        (standby_->version() >= kTellsWhetherPaused ? "pg_catalog.pg_get_wal_replay_pause_state() = 'paused'"
                                                    : "pg_catalog.pg_is_wal_replay_paused()") +
        " END");
    if (!paused) return paused.error().during("asking whether the target replays");
    if (!paused->boolean(0, 0)) {
      return fail(ErrorCode::refused, "the target is no standby: it is not in recovery",
                  "pghaul copy --follow without --prepare-standby fills it by a copy");
    }
    if (paused->boolean(0, 1)) return {};
    return fail(ErrorCode::refused, "the standby replays what the source writes, and must not for now",
                "on the standby: SELECT pg_wal_replay_pause(); then try again");
  }

  Status look_at_source() {
    const discovery::Endpoints source_alone{context_.ends.source, std::nullopt};
    discovery::Options options = context_.options;
    options.carry_statistics = false;  // nothing is copied
    Result<discovery::Discovery> found = discover_watched(
        {options, source_alone, context_.stop, context_.timeline, context_.events, context_.report},
        "standby");
    if (!found) return fail(found.error());
    found_ = std::move(*found);
    if (discovery::identity_of(found_.source.server) != standby_identity_) {
      return fail(ErrorCode::refused,
                  "the target is a standby of another server, or the database is another one",
                  "give the standby's primary as SOURCE, and the same database of both");
    }
    Result<std::vector<plan::Finding>> live = live::live_findings(found_, context_.stop);
    if (!live) return fail(live.error());
    for (const plan::Finding& finding : *live) {
      if (finding.severity == plan::Finding::Severity::warning)
        context_.events.warning(finding.message, finding.hint, finding.object);
    }
    found_.findings = std::move(*live);  // what a copy could not carry, the standby has
    const std::optional<measure::Report::Database> target = context_.report.target;
    report_databases(found_, context_.report);
    context_.report.target = target;
    report_findings(found_, context_.report);
    return refusal_of(found_.findings);
  }

  Status refuse_second() {
    Result<postgres::Connection> source =
        live::open_session(*context_.ends.source, Side::source, context_.stop);
    if (!source) return fail(source.error());
    source_.emplace(std::move(*source));
    const catalog::Server& server = found_.source.server;
    name_ = follow::standby_registration_name(server.system_identifier, server.database_oid);
    const auto earlier = follow::find_standby_registration(*source_, name_);
    if (!earlier) return fail(earlier.error());
    if (!*earlier || !(*earlier)->adopted) return {};
    return fail(ErrorCode::refused,
                "a former standby of this source is followed into already, and only one can be",
                "pghaul status tells how it stands; pghaul finish or pghaul abandon ends it");
  }

  /// They come to the standby with all else, and start once it is a server of its own: then both would take
  /// the publisher's changes by the same slot, and each one miss some.
  Status refuse_subscriptions() {
    const Result<postgres::Rows> enabled = source_->query(
        "SELECT s.subname, d.datname FROM pg_catalog.pg_subscription AS s JOIN pg_catalog.pg_database AS d"
        " ON d.oid = s.subdbid WHERE s.subenabled ORDER BY d.datname, s.subname LIMIT 1");
    if (!enabled) return enabled.error().during("looking for subscriptions of the source");
    if (enabled->size() == 0) return {};
    const std::string name = enabled->string(0, 0);
    return fail(
        ErrorCode::refused,
        fmt::format("subscription {} of the source's database {} would start on the standby, too, once "
                    "that is a server of its own, and take changes from the source's",
                    name, enabled->string(0, 1)),
        fmt::format("on the source: ALTER SUBSCRIPTION {} DISABLE, until the switchover; or fill the "
                    "target by a copy: pghaul copy --follow",
                    postgres::quote(name)));
  }

  /// Publication, row and table come before the slot: the standby gets them by what it replays up to there.
  Status make() {
    touched_ = true;
    const Result<follow::Progress> changes = live::register_live_copy(
        found_, {.name = name_, .target = standby_->describe() + ", a standby", .started = {}},
        context_.stop);
    if (!changes) return fail(changes.error());
    until_ = changes->position;
    return {};
  }

  Status note_position() {
    context_.report.standby = measure::Report::Standby{.slot = name_, .until = lsn_text(until_)};
    return follow::set_standby_until(*source_, name_, until_);
  }

  /// Finds out whether replay was resumed meanwhile.
  Status check_replayed() {
    const Result<postgres::Rows> replayed = standby_->query(
        "SELECT pg_catalog.pg_last_wal_replay_lsn() <= $1::pg_catalog.pg_lsn", {lsn_text(until_)});
    if (!replayed) return replayed.error().during("asking how far the standby has replayed");
    if (replayed->boolean(0, 0)) return {};
    return fail(ErrorCode::refused,
                "the standby has replayed more than the slot's start, " + lsn_text(until_),
                "on the standby: SELECT pg_wal_replay_pause(); then try again");
  }

  Status undo(Status failed) {
    const Status removed = live::unregister_live_copy(*context_.ends.source, name_, {});
    return removed ? failed : removed.error().during(failed.error().message);
  }

  discovery::VerbContext context_;
  bool& touched_;
  std::optional<postgres::Connection> standby_;
  std::optional<postgres::Connection> source_;
  std::string standby_identity_;
  std::string name_;  // of the registration
  discovery::Discovery found_;
  Lsn until_;
};

}  // namespace

Status prepare_standby(discovery::VerbContext context, bool& touched) {
  return discovery::time_phase(context, "prepare",
                               [&] { return StandbyPreparation(context, touched).run(); });
}

}  // namespace pghaul::job
