#include <fmt/format.h>

#include "acting_as.h"
#include "changeover.h"
#include "engine_job.h"
#include "pghaul/quantities.h"
#include "promotion.h"

namespace pghaul::platform {
namespace {

/// Says that the target has all changes, and that a switchover would wait for nothing.
bool has_caught_up(const nlohmann::json& event) {
  return event.value("event", "") == "following" && event.value("state", "") == "following" &&
         event.value("ready", false);
}

/// Copies while the application writes, and then its changes until there are none left. After a switchover
/// the changes are those of the way back.
class LiveCopyStep : public Step {
 public:
  explicit LiveCopyStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "copy"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} has the rows of {}, and its changes", all_.to, all_.from);
  }
  [[nodiscard]] Result<bool> is_so() override { return false; }
  [[nodiscard]] Result<std::string> take() override {
    Server& copy = all_.back ? *all_.source().server : *all_.target().server;
    const auto journal = copy.query("SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'pghaul_journal'");
    if (!journal) return tl::make_unexpected(journal.error());
    std::vector<command::Setting> settings{{"follow", "true"}};
    if (!journal->empty()) settings.push_back({"resume", "true"});
    bool caught_up = false;
    EngineRun run = between(all_);
    run.stops = [&caught_up](const nlohmann::json& event) { return caught_up |= has_caught_up(event); };
    const EngineResult done = run_engine(run, command::Verb::copy, settings);
    if (!caught_up) return failed(done.status, done.message, done.hint);
    return std::string();
  }

 private:
  Changeover& all_;
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
  [[nodiscard]] Outcome may() override { return check_names(all_.fleet); }
  [[nodiscard]] Result<std::string> take() override {
    std::vector<command::Setting> settings{{"confirm", all_.app.database}};
    if (all_.back) settings.push_back({"back", "true"});
    if (all_.within.count() > 0)
      settings.push_back({"at-most", fmt::format("{}s", all_.within.count() / 1000)});
    std::optional<Outcome> named;
    EngineRun run = between(all_);
    run.stops = [&](const nlohmann::json& event) {
      if (event.value("event", "") == "switchover" && event.value("step", "") == "open") named = move();
      return false;
    };
    const EngineResult done = run_engine(run, command::Verb::switchover, settings);
    const nlohmann::json report = done.report.value("switchover", nlohmann::json::object());
    const std::string state = report.value("state", "");
    if (!named && (state == "switched" || state == "decided")) named = move();
    if (named && !*named) return tl::make_unexpected(named->error());
    if (!done.message.empty()) return failed(done.status, done.message, done.hint);
    if (report.value("resumed", false))
      return std::string("decided by an earlier run; rows not compared: pghaul verify --live does");
    return fmt::format("writers waited {}, {}", command::show_seconds(report.value("hold_seconds", 0.0)),
                       report.value("proved", false) ? "every row compared" : "not compared");
  }

 private:
  /// Names are files of root's, and the engine works as the clusters' owner.
  [[nodiscard]] Outcome move() {
    const NotActing root;
    return move_names(all_.fleet, all_.source(), all_.target());
  }

  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> live_copy_step(Changeover& changeover) {
  return std::make_unique<LiveCopyStep>(changeover);
}
std::unique_ptr<Step> switch_step(Changeover& changeover) {
  return std::make_unique<SwitchStep>(changeover);
}

}  // namespace pghaul::platform
