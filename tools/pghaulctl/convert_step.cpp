#include <fmt/format.h>

#include "boundary.h"
#include "changeover.h"
#include "cron_jobs.h"
#include "engine_job.h"
#include "follower.h"
#include "pghaul/quantities.h"
#include "slot_watch.h"
#include "upgrade.h"

namespace pghaul::platform {
namespace {

/// Makes a follower a server of its own at one moment of the live database, and upgrades it, while the
/// application writes on. What it writes from that moment on is kept by a slot.
class ConvertStep : public Step {
 public:
  explicit ConvertStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "convert"; }
  [[nodiscard]] std::string what() const override {
    const std::string upgraded = all_.upgrades() ? ", with PostgreSQL " + all_.version : "";
    return fmt::format("{} has left {} at one moment{}", all_.to, all_.from, upgraded);
  }
  /// Its slot of the time when it followed is the last thing that goes before it is upgraded.
  [[nodiscard]] Result<bool> is_so() override {
    const auto left = has_left(all_);
    if (!left || !*left) return left;
    Server& leader = *all_.source().server;
    const auto slot = leader.query("SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = " +
                                   leader.literal(slot_of(all_.to)));
    if (!slot) return tl::make_unexpected(slot.error());
    return slot->empty() && all_.target().cluster->version == all_.version && !all_.target().half_upgraded;
  }
  [[nodiscard]] Outcome may() override {
    const auto level = all_.source().server->query("SHOW wal_level");
    if (!level) return tl::make_unexpected(level.error());
    if (level->front()[0] == "logical") return refuse_cron_jobs();
    return refused(fmt::format("wal_level of {} is {}, which keeps too little for its changes to be followed",
                               all_.from, level->front()[0]),
                   "ALTER SYSTEM SET wal_level = logical, and restart it");
  }
  [[nodiscard]] Result<std::string> take() override {
    const auto start = std::chrono::steady_clock::now();
    const auto left = has_left(all_);
    if (!left) return tl::make_unexpected(left.error());
    const auto watch = SlotWatch::begin(all_.source(), all_.slot_limit_bytes);
    if (!watch) return tl::make_unexpected(watch.error());
    Outcome done;
    if (!*left) done = leave();
    if (done) done = all_.survey();
    if (done) done = check_moment();
    if (done) done = settle_follower(all_.source(), all_.target());
    if (done) done = (*watch)->check();
    if (done && all_.target().cluster->version != all_.version)
      done = Upgrade(*all_.target().cluster, all_.version).convert("");
    if (done) done = all_.survey();
    if (auto kept = (*watch)->check(); !kept) {
      if (!done && done.error().message != kept.error().message)
        return given_up({kept.error().status, kept.error().message + "; " + done.error().message, ""});
      return given_up(kept.error());
    }
    if (!done) return tl::make_unexpected(done.error());
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    return fmt::format("{}, writes went on", command::show_seconds(taken.count()));
  }
  /// Lets a follower that has not left follow again.
  [[nodiscard]] Outcome undo() override {
    Member& next = all_.target();
    if (!is_begun_ || !next.server || !next.follower) return {};
    const auto leaving = is_leaving(next);
    if (!leaving || *leaving) return leaving.map([](bool) {});
    const Outcome forgotten = forget_end_of_recovery(next);
    const Outcome abandoned = abandon();
    const Outcome resumed = resume_replay(next);
    if (!forgotten) return forgotten;
    return abandoned ? resumed : abandoned;
  }

 private:
  /// They would begin on the follower as soon as it is a server of its own, beside those of the live one.
  [[nodiscard]] Outcome refuse_cron_jobs() {
    const auto left = has_left(all_);
    if (!left) return tl::make_unexpected(left.error());
    if (*left) return {};
    const auto jobs = list_cron_jobs(all_.source(), all_.app);
    if (!jobs) return tl::make_unexpected(jobs.error());
    if (jobs->empty()) return {};
    return refused(
        fmt::format("pg_cron would run its jobs on {}, too, from when that has left {}: {}", all_.to,
                    all_.from, *jobs),
        fmt::format("UPDATE cron.job SET active = false for these, and true again on {} once it is live",
                    all_.to));
  }
  /// Replay is paused first: what the follower has replayed beyond the boundary would be applied twice.
  [[nodiscard]] Outcome leave() {
    const auto leaving = is_leaving(all_.target());
    if (!leaving) return tl::make_unexpected(leaving.error());
    if (*leaving) return go_on_leaving();
    is_begun_ = true;
    if (auto forgotten = forget_end_of_recovery(all_.target()); !forgotten) return forgotten;
    if (auto paused = pause_replay(all_.target()); !paused) return paused;
    const EngineResult done =
        run_engine(between(all_), command::Verb::copy, {{"follow", "true"}, {"prepare-standby", "true"}});
    if (!done.message.empty()) return failed(done.status, done.message, done.hint);
    const auto boundary = read_boundary(all_.source());
    if (!boundary) return tl::make_unexpected(boundary.error());
    if (!*boundary) return refused(all_.from + " does not say where its follower is to leave it");
    return end_recovery_at(all_.target(), **boundary);
  }

  /// Whoever ended its recovery may have done so elsewhere.
  [[nodiscard]] Outcome check_moment() {
    const auto boundary = read_boundary(all_.source());
    if (!boundary) return tl::make_unexpected(boundary.error());
    if (!*boundary) return refused(all_.from + " does not say where its follower was to leave it");
    Outcome same = check_left_at(all_.target(), **boundary, all_.from);
    if (!same && same.error().hint.empty())
      same.error().hint =
          fmt::format("begin anew: pghaulctl destroy {} --confirm {}", all_.to, all_.app.name);
    return same;
  }

  /// A run before has restarted it for that.
  [[nodiscard]] Outcome go_on_leaving() {
    const auto boundary = read_boundary(all_.source());
    if (!boundary) return tl::make_unexpected(boundary.error());
    if (!*boundary) {
      return refused(fmt::format("{} leaves {}, which no longer keeps its changes", all_.to, all_.from),
                     fmt::format("begin anew: pghaulctl destroy {} --confirm {}", all_.to, all_.app.name));
    }
    if (auto same = check_leaving(all_.target(), **boundary); !same) return same;
    return await_end_of_recovery(all_.target());
  }
  /// Its slot is gone already; publication and row go here.
  [[nodiscard]] tl::unexpected<Failure> given_up(Failure failure) {
    failure.hint = fmt::format(
        "pghaulctl destroy {} --confirm {}, then run it again when {} is written to less, or with a larger "
        "--slot-limit",
        all_.to, all_.app.name, all_.from);
    if (const auto found = all_.survey(); !found) return tl::make_unexpected(std::move(failure));
    if (const auto freed = abandon(); !freed) failure.message += "; " + freed.error().message;
    return tl::make_unexpected(std::move(failure));
  }
  /// A failure before anything was made on the live server leaves nothing to abandon.
  [[nodiscard]] Outcome abandon() {
    const auto prepared = is_prepared(all_.source());
    if (!prepared || !*prepared) return prepared.map([](bool) {});
    const EngineResult done = run_engine(between(all_), command::Verb::abandon);
    if (done.message.empty()) return {};
    return failed(done.status, done.message, done.hint);
  }

  Changeover& all_;
  bool is_begun_ = false;  // by this run
};

}  // namespace

std::unique_ptr<Step> convert_step(Changeover& changeover) {
  return std::make_unique<ConvertStep>(changeover);
}

}  // namespace pghaul::platform
