#include <fmt/format.h>

#include <ranges>

#include "changeover.h"
#include "output.h"
#include "pghaul/quantities.h"
#include "pghaul/signals.h"
#include "promotion.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

using Steps = std::vector<std::unique_ptr<Step>>;

void announce(std::size_t number, const Step& step) {
  say(fmt::format("{:>2} {:<12} {:<50} ", number + 1, step.name(), step.what()));
}

/// Shows what is so already, what would be done, and what can't.
Outcome show_plan(const Steps& steps) {
  for (std::size_t at = 0; at < steps.size(); ++at) {
    announce(at, *steps[at]);
    const auto so = steps[at]->is_so();
    if (so && *so) {
      say("is so\n");
    } else if (auto may = steps[at]->may(); !may) {
      say(fmt::format("can't: {}\n", may.error().message));
    } else {
      say("to do\n");
    }
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

/// Says which database is live after a failure. Until a name has been moved, the application gets its
/// database back.
tl::unexpected<Failure> give_up(Changeover& changeover, const Steps& steps, Failure failure) {
  Outcome undone = changeover.survey();
  if (failure.hint.empty()) failure.hint = "run it again: it goes on where it stopped";
  if (undone && is_pointed_at(changeover.fleet, changeover.target()))
    return tl::make_unexpected(std::move(failure));
  for (const auto& step : steps | std::views::reverse) {
    if (undone) undone = step->undo();
  }
  failure.message += fmt::format("\n{} is live, nothing was lost", changeover.from);
  if (!undone) failure.message += fmt::format("; it takes no writes yet: {}", undone.error().message);
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
}

Outcome run(Changeover& changeover, const Steps& steps) {
  if (auto possible = check_all(steps); !possible) return possible;
  for (std::size_t at = 0; at < steps.size(); ++at) {
    if (auto taken = take(at, *steps[at]); !taken) return give_up(changeover, steps, taken.error());
  }
  say_pause(changeover);
  return {};
}

/// Finishes a changeover whose names have begun to move.
Outcome finish(Changeover& changeover) {
  const auto moved = points_at(changeover.fleet, changeover.target());
  if (!moved) return tl::make_unexpected(moved.error());
  if (!*moved) {
    if (auto named = move_names(changeover.fleet, changeover.target(), changeover.target()); !named)
      return named;
  }
  if (auto opened = take(0, *open_step(changeover)); !opened) return opened;
  say_pause(changeover);
  return {};
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

}  // namespace

Outcome changeover(const Request& request) {
  const auto within = seconds_of(request, "--within", std::chrono::milliseconds(0));
  if (!within) return tl::make_unexpected(within.error());
  auto app = read_app(request.value("APP"));
  if (!app) return tl::make_unexpected(app.error());
  command::Signals signals;
  Changeover all{.app = *app,
                 .from = {},
                 .to = request.value("NAME"),
                 .fleet = {},
                 .within = *within,
                 .signals = &signals};
  if (auto found = all.survey(); !found) return found;
  if (auto known = all.fleet.find(all.to); !known) return tl::make_unexpected(known.error());
  if (auto named = require_name(all.fleet); !named) return named;
  const auto live = all.fleet.live();
  if (!live) return tl::make_unexpected(live.error());
  all.from = (*live)->name;
  if (all.from == all.to) return finish(all);
  if (!(*live)->server)
    return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", all.from, (*live)->reason));
  const Steps steps = steps_by_copy(all);
  return request.has("--plan") ? show_plan(steps) : run(all, steps);
}

}  // namespace pghaul::platform
