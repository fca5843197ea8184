#include <fmt/format.h>

#include "acting_as.h"
#include "boundary.h"
#include "changeover.h"
#include "engine_job.h"
#include "maintenance.h"
#include "output.h"
#include "pghaul/quantities.h"
#include "poolers.h"
#include "promotion.h"

namespace pghaul::platform {
namespace {

/// Says that the target has all changes, and that a switchover would wait for nothing.
bool has_caught_up(const nlohmann::json& event) {
  return event.value("event", "") == "following" && event.value("state", "") == "following" &&
         event.value("ready", false);
}

/// Tells whether it was --slot-limit that ended a run, which has no status of its own.
bool is_over_limit(const EngineResult& done) {
  return done.message.find("--slot-limit allows") != std::string::npos;
}

/// Follows the changes of the live database until there are none left. Without a follower that has left it,
/// copies the rows before. After a switchover the changes are those of the way back.
class FollowChangesStep : public Step {
 public:
  FollowChangesStep(Changeover& changeover, const char* name) : all_(changeover), name_(name) {}

  [[nodiscard]] const char* name() const override { return name_; }
  [[nodiscard]] std::string what() const override {
    const bool copies = std::string(name_) == "copy";
    return fmt::format("{} has the {}changes of {}", all_.to, copies ? "rows and the " : "", all_.from);
  }
  [[nodiscard]] Result<bool> is_so() override { return false; }
  [[nodiscard]] Result<std::string> take() override {
    const auto how = all_.back || !all_.copied_because.empty() ? go_on_copying() : go_on_from_boundary();
    if (!how) return tl::make_unexpected(how.error());
    std::vector<command::Setting> settings{{"follow", "true"}};
    if (*how) settings.push_back(**how);
    if (!all_.slot_limit.empty()) settings.push_back({"slot-limit", all_.slot_limit});
    bool caught_up = false;
    EngineRun run = between(all_);
    run.stops = [&caught_up](const nlohmann::json& event) { return caught_up |= has_caught_up(event); };
    const EngineResult done = run_engine(run, command::Verb::copy, settings);
    if (caught_up) return std::string();
    return failed(done.status, done.message, is_over_limit(done) ? begin_anew() : done.hint);
  }

 private:
  [[nodiscard]] std::string begin_anew() const {
    if (all_.back)
      return fmt::format("there is no way back to {} any more, and {} stays live", all_.to, all_.from);
    return fmt::format(
        "pghaulctl destroy {} --confirm {}, then run it again when {} is written to less, or with a larger "
        "--slot-limit",
        all_.to, all_.app.name, all_.from);
  }

  using How = Result<std::optional<command::Setting>>;

  [[nodiscard]] How go_on_copying() {
    Server& copy = all_.back ? *all_.source().server : *all_.target().server;
    const auto journal = copy.query("SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'pghaul_journal'");
    if (!journal) return tl::make_unexpected(journal.error());
    if (journal->empty()) return std::nullopt;
    return command::Setting{"resume", "true"};
  }
  [[nodiscard]] How go_on_from_boundary() {
    const auto boundary = read_boundary(all_.source());
    if (!boundary) return tl::make_unexpected(boundary.error());
    if (!*boundary) return refused(all_.from + " keeps no changes for " + all_.to);
    return command::Setting{"filled-at", **boundary};
  }

  Changeover& all_;
  const char* name_;
};

/// Has writers wait until the next database has the last change, closes the former one, and moves the names.
class SwitchStep : public Step {
 public:
  explicit SwitchStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "switch"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} takes writes, {} refuses them", all_.to, all_.from);
  }
  [[nodiscard]] Result<bool> is_so() override { return false; }
  [[nodiscard]] Outcome may() override {
    if (auto room = check_locks(); !room) return room;
    return check_names(all_.fleet);
  }
  /// A run before may have been killed while poolers held statements.
  [[nodiscard]] Outcome undo() override {
    if (!all_.source().server) return {};
    const auto fenced = is_fenced(*all_.source().server, all_.app.writers);
    if (!fenced || *fenced) return fenced.map([](bool) {});
    if (const auto let_go = let_statements_go(all_.fleet); !let_go) warn(let_go.error().message);
    return {};
  }
  [[nodiscard]] Result<std::string> take() override {
    std::vector<command::Setting> settings{{"confirm", all_.app.database}};
    if (all_.back) settings.push_back({"back", "true"});
    if (all_.prove) settings.push_back({"prove-first", "true"});
    if (all_.within.count() > 0)
      settings.push_back({"at-most", fmt::format("{}s", all_.within.count() / 1000)});
    EngineRun run = between(all_);
    run.stops = [this](const nlohmann::json& event) {
      if (event.value("event", "") == "switchover") move_along(event.value("step", ""));
      return !held_;
    };
    const EngineResult done = run_engine(run, command::Verb::switchover, settings);
    const nlohmann::json report = done.report.value("switchover", nlohmann::json::object());
    const std::string state = report.value("state", "");
    if (!named_ && (state == "switched" || state == "decided")) move();
    if (named_ && !*named_) return tl::make_unexpected(named_->error());
    if (!named_) release();
    if (!named_ && !held_) return refused(held_.error().message, held_.error().hint);
    if (!done.message.empty()) return failed(done.status, done.message, done.hint);
    if (report.value("resumed", false))
      return std::string("decided by an earlier run; rows not compared: pghaul verify --live does");
    return fmt::format("writers waited {}, {}", command::show_seconds(waited_.count()),
                       report.value("proved", false) ? "every row compared" : "not compared");
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// All tables and sequences are locked at once.
  [[nodiscard]] Outcome check_locks() {
    const auto locks = all_.source().server->query(
        "SELECT pg_catalog.count(*), pg_catalog.current_setting('max_locks_per_transaction')::bigint"
        " * pg_catalog.current_setting('max_connections')::bigint / 2 FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'S')"
        " AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|information_schema$|pghaul_(live|journal))'");
    if (!locks) return tl::make_unexpected(locks.error());
    const std::vector<std::string>& row = locks->front();
    if (std::stoll(row[0]) <= std::stoll(row[1])) return {};
    return refused(fmt::format("{} has room for the locks of {} tables and sequences at once, and has {}",
                               all_.from, row[1], row[0]),
                   fmt::format("raise max_locks_per_transaction of {}, and restart it", all_.from));
  }

  /// Names are files of root's, and the engine works as the clusters' owner.
  void move_along(const std::string& ended_step) {
    const NotActing root;
    if (ended_step == "approach") hold();
    if (ended_step == "release") release();
    if (ended_step == "open") move();
  }
  /// Poolers hold statements before writers wait for locks: one that waits for a lock until the former
  /// database is closed would be refused.
  void hold() {
    waits_since_ = Clock::now();
    held_ = hold_names(all_.fleet, all_.source(), all_.target());
    is_held_ = held_.has_value();
  }
  void release() {
    is_held_ = false;
    if (auto released = release_names(all_.fleet); !released && held_) held_ = released;
  }
  void move() {
    named_ = is_held_ ? move_held_names(all_.fleet, all_.source(), all_.target())
                      : move_names(all_.fleet, all_.source(), all_.target());
    waited_ = Clock::now() - waits_since_;
  }

  Changeover& all_;
  Outcome held_;
  bool is_held_ = false;
  std::optional<Outcome> named_;
  Clock::time_point waits_since_ = Clock::now();
  std::chrono::duration<double> waited_{};
};

}  // namespace

std::unique_ptr<Step> live_copy_step(Changeover& changeover) {
  return std::make_unique<FollowChangesStep>(changeover, "copy");
}
std::unique_ptr<Step> catch_up_step(Changeover& changeover) {
  return std::make_unique<FollowChangesStep>(changeover, "catch up");
}
std::unique_ptr<Step> switch_step(Changeover& changeover) {
  return std::make_unique<SwitchStep>(changeover);
}

}  // namespace pghaul::platform
