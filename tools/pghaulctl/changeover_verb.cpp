#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ranges>

#include "boundary.h"
#include "changeover.h"
#include "cluster_tools.h"
#include "companions.h"
#include "engine_job.h"
#include "interrupted_upgrade.h"
#include "output.h"
#include "pghaul/quantities.h"
#include "pghaul/signals.h"
#include "poolers.h"
#include "promotion.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

using Steps = std::vector<std::unique_ptr<Step>>;

void announce(std::size_t number, const Step& step) {
  say(fmt::format("{:>2} {:<12} {:<50} ", number + 1, step.name(), step.what()));
}

/// Names what hangs on the database and has no hook.
void say_by_hand(const App& app) {
  for (const std::string& one : without_hook(app)) say(fmt::format("to do by hand: {}\n", one));
}

/// Shows what is so already, what would be done, and what can't.
Outcome show_plan(const Changeover& changeover, const Steps& steps, bool as_json) {
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t at = 0; at < steps.size(); ++at) {
    if (!as_json) announce(at, *steps[at]);
    const auto so = steps[at]->is_so();
    const Outcome may = so && *so ? Outcome() : steps[at]->may();
    const char* state = so && *so ? "is so" : may ? "to do" : "can't";
    list.push_back({{"name", steps[at]->name()}, {"what", steps[at]->what()}, {"state", state}});
    if (!may) list.back()["reason"] = may.error().message;
    if (!as_json) say(may ? fmt::format("{}\n", state) : fmt::format("can't: {}\n", may.error().message));
  }
  if (as_json) {
    const nlohmann::json plan{{"app", changeover.app.name},
                              {"from", changeover.from},
                              {"to", changeover.to},
                              {"steps", list},
                              {"by_hand", without_hook(changeover.app)},
                              {"copied_because", changeover.copied_because}};
    say(plan.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  } else {
    if (!changeover.copied_because.empty())
      say(fmt::format("{} is filled by a copy, not as a follower: {}\n", changeover.to,
                      changeover.copied_because));
    say_by_hand(changeover.app);
  }
  return {};
}

/// Refuses before the pause what would fail within it.
Outcome check_all(const Steps& steps) {
  for (const auto& step : steps) {
    if (auto may = step->may(); !may) return may;
  }
  return {};
}

Outcome take(std::size_t number, Step& step) {
  announce(number, step);
  const auto so = step.is_so();
  if (so && *so) {
    say("is so\n");
    return {};
  }
  const auto taken = so ? step.take() : tl::make_unexpected(so.error());
  if (!taken) {
    say("failed\n");
    return tl::make_unexpected(taken.error());
  }
  say(taken->empty() ? "done\n" : *taken + "\n");
  return {};
}

/// Says whether a name points at the next database, or may: one that can't be read, once names began to move.
bool may_have_moved(Changeover& changeover, const std::string& step, const Failure& failure) {
  const Result<bool> pointed = is_pointed_at(changeover.fleet, changeover.target());
  if (pointed) return *pointed;
  return step == "open" || (step == "names" && failure.status == PGHAUL_EXIT_STOPPED);
}

/// Says what the live server keeps for a follower that was to be converted, and that nobody reads yet.
std::string show_kept(Changeover& changeover) {
  if (!changeover.live || changeover.back || !changeover.source().server) return {};
  const auto boundary = read_waiting_boundary(changeover.source());
  if (!boundary || !*boundary) return {};
  return fmt::format(
      "\n{} keeps its WAL for {} from {} on: run it again, or pghaul abandon SOURCE TARGET gives that up",
      changeover.from, changeover.to, **boundary);
}

/// Says which database is live after a failure. Until a name has been moved, the application gets its
/// database back.
tl::unexpected<Failure> give_up(Changeover& changeover, const Steps& steps, const std::string& step,
                                Failure failure) {
  Outcome undone = changeover.survey();
  if (failure.hint.empty()) failure.hint = "run it again: it goes on where it stopped";
  if (undone && may_have_moved(changeover, step, failure)) return tl::make_unexpected(std::move(failure));
  for (const auto& one : steps | std::views::reverse) {
    if (undone) undone = one->undo();
  }
  failure.message += fmt::format("\n{} is live, nothing was lost", changeover.from);
  if (!undone) failure.message += fmt::format("; it takes no writes yet: {}", undone.error().message);
  failure.message += show_kept(changeover);
  return tl::make_unexpected(std::move(failure));
}

void say_pause(const Changeover& changeover) {
  std::string text = fmt::format("{} is live", changeover.to);
  if (changeover.paused) {
    const std::chrono::duration<double> pause = std::chrono::steady_clock::now() - *changeover.paused;
    text += fmt::format("; writes were refused for {}", command::show_seconds(pause.count()));
    if (changeover.forecast)
      text += fmt::format(" (forecast {})", command::show_seconds(*changeover.forecast));
  }
  say(text + "\n");
  say_by_hand(changeover.app);
}

Outcome run(Changeover& changeover, const Steps& steps) {
  for (std::size_t at = 0; at < steps.size(); ++at) {
    if (auto taken = take(at, *steps[at]); !taken)
      return give_up(changeover, steps, steps[at]->name(), taken.error());
  }
  say_pause(changeover);
  return {};
}

/// Makes the steps of a changeover whose names have begun to move: there is no way but forward.
Steps steps_forward(Changeover& changeover) {
  Steps steps;
  steps.push_back(names_step(changeover));
  steps.push_back(open_step(changeover));
  return steps;
}

/// Finds the major version that is asked for: by --to, or by the place of the next database.
Outcome find_version(Changeover& all, const Request& request) {
  const Member& next = all.target();
  const std::string wanted = request.value("--to");
  if (is_cluster(next.place)) all.version = ClusterName::of(next.place).version;
  if (next.server && !is_cluster(next.place)) all.version = std::to_string(next.server->version() / 10000);
  if (wanted.empty() || wanted == all.version) return {};
  return refused(fmt::format("the version of {} is {}, not {}", next.name, all.version, wanted),
                 fmt::format("write {}/{} in its place in the application's file", wanted,
                             ClusterName::of(next.place).name));
}

/// Without a name that says which database is live, two that take writes could not be told apart.
Outcome require_name(Fleet& fleet) {
  for (const auto& pointer : fleet.pointers()) {
    const auto read = pointer->read();
    if (read && *read) return {};
  }
  return refused(
      fmt::format("{} has no name that could be moved", fleet.app().name),
      "add what points at its database to 'names' in its file, such as service:/etc/pg_service.conf#shop");
}

/// The two ends of a live changeover, whichever is live: the former database, and its copy, which holds the
/// journal.
struct LiveEnds {
  Member* former = nullptr;
  Member* copy = nullptr;
};

Result<LiveEnds> find_live_ends(Fleet& fleet) {
  LiveEnds ends;
  for (Member& member : fleet.members()) {
    if (!member.server) continue;
    const auto schemas = member.server->query(
        "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname IN ('pghaul_journal', 'pghaul_live') "
        "ORDER BY 1");
    if (!schemas) return tl::make_unexpected(schemas.error());
    if (!schemas->empty()) (schemas->front()[0] == "pghaul_journal" ? ends.copy : ends.former) = &member;
  }
  if (ends.former != nullptr && ends.copy != nullptr) return ends;
  return refused(fmt::format("no live changeover of {} is open", fleet.app().name),
                 "'back' and 'finish' come after changeover --by live, while both servers run");
}

/// Gives the way back up: nothing of a live changeover is left on either server.
Outcome finish(Changeover& all) {
  const auto ends = find_live_ends(all.fleet);
  if (!ends) return tl::make_unexpected(ends.error());
  say(fmt::format("Finishing the changeover of {}... ", all.app.name));
  EngineRun run = between(*ends->former, *ends->copy);
  run.signals = all.signals;
  const EngineResult done = run_engine(run, command::Verb::finish);
  say(done.message.empty() ? "done\n" : "failed\n");
  if (done.message.empty()) return {};
  return failed(done.status, done.message, done.hint);
}

/// Finds which database is the next one.
Outcome find_next(Changeover& all, const Request& request) {
  all.to = request.value("NAME");
  if (all.to == "back") {
    const auto ends = find_live_ends(all.fleet);
    if (!ends) return tl::make_unexpected(ends.error());
    all.back = true;
    all.to = ends->former->name;
  }
  if (auto known = all.fleet.find(all.to); !known) return tl::make_unexpected(known.error());
  return find_version(all, request);
}

/// Finds out how a live changeover fills the next database.
Outcome choose_filling(Changeover& all) {
  if (!all.live || all.back || all.from == all.to) return {};
  auto why = why_copied(all);
  if (!why) return tl::make_unexpected(why.error());
  all.copied_because = std::move(*why);
  return {};
}

/// A run before may have been killed while poolers held statements; nothing else holds them in a live
/// changeover yet.
void warn_of_held(Changeover& all) {
  if (!are_statements_held(all.fleet).value_or(false)) return;
  warn(
      fmt::format("a pooler of {0} holds statements until names have moved: pghaulctl maintenance off {0} "
                  "lets them go on",
                  all.app.name));
}

Steps choose_steps(Changeover& all, const std::string& way) {
  if (all.from == all.to) return steps_forward(all);
  if (all.back) return steps_back(all);
  if (way == "upgrade") return steps_by_upgrade(all);
  return way == "live" ? steps_by_live(all) : steps_by_copy(all);
}

/// Says how a live changeover goes on.
void say_way_back(const Changeover& all, const std::string& way) {
  if (all.from == all.to || (!all.back && way != "live")) return;
  say(fmt::format(
      "{0} can follow {1}, which keeps its WAL for that: `pghaulctl changeover {2} {3}`, or `finish`\n",
      all.from, all.to, all.app.name, all.back ? all.from + " --by live" : "back"));
}

}  // namespace

Outcome changeover(const Request& request) {
  const auto within = seconds_of(request, "--within", std::chrono::milliseconds(0));
  if (!within) return tl::make_unexpected(within.error());
  const auto slot_limit = bytes_of(request, "--slot-limit");
  if (!slot_limit) return tl::make_unexpected(slot_limit.error());
  auto app = read_app(request.value("APP"));
  if (!app) return tl::make_unexpected(app.error());
  command::Signals signals;
  Changeover all{.app = *app, .within = *within, .signals = &signals};
  all.slot_limit = request.value("--slot-limit");
  all.slot_limit_bytes = *slot_limit;
  if (auto found = all.survey(); !found) return found;
  if (request.value("NAME") == "finish") return finish(all);
  if (auto named = require_name(all.fleet); !named) return named;
  if (auto next = find_next(all, request); !next) return next;
  const auto live = all.fleet.live();
  if (!live) return tl::make_unexpected(live.error());
  all.from = (*live)->name;
  if (!(*live)->server)
    return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", all.from, (*live)->reason));
  auto together = with_companions(all.fleet, all.target());
  if (!together) return tl::make_unexpected(together.error());
  all.app = std::move(*together);
  if (auto found = all.survey(); !found) return found;
  const std::string way = request.value("--by");
  all.live = way == "live";
  all.prove = request.has("--prove");
  if (all.prove && !all.live && !all.back)
    return failed(PGHAUL_EXIT_USAGE,
                  "--prove compares while the application writes, as only --by live has it",
                  "the other ways compare before the application is let in");
  if (request.has("--slot-limit") && !all.live)
    return failed(PGHAUL_EXIT_USAGE, "only --by live has the live server keep its WAL in a slot",
                  "give --by live, or leave --slot-limit out");
  if (!request.has("--plan")) {
    if (auto taken = take_up(all); !taken) return taken;
  }
  if (auto chosen = choose_filling(all); !chosen) return chosen;
  if (all.live || all.back) warn_of_held(all);
  const Steps steps = choose_steps(all, way);
  if (request.has("--plan")) return show_plan(all, steps, request.has("--json"));
  if (auto possible = all.from == all.to ? Outcome() : check_all(steps); !possible) return possible;
  const Outcome done = run(all, steps);
  if (done) say_way_back(all, way);
  return done;
}

}  // namespace pghaul::platform
