#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "lag.h"
#include "maintenance.h"
#include "output.h"
#include "promotion.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

constexpr std::chrono::seconds kReplay{60};
constexpr std::chrono::milliseconds kBetweenLooks{20};

/// Refuses to leave writes behind: whoever still writes to the live database would not find them on the next.
Outcome refuse_writes(Member& live, const Member& next, const App& app) {
  if (!live.server || &live == &next) return {};
  const auto fenced = is_fenced(*live.server, app.writers);
  if (!fenced) return tl::make_unexpected(fenced.error());
  if (*fenced) return {};
  return refused(
      fmt::format("{} still takes writes of {}, and {} would not have them", live.name, app.name, next.name),
      fmt::format("pghaulctl maintenance on {}; or --force to go without what is written meanwhile",
                  app.name));
}

Outcome refuse_far_behind(Member& leader, Member& follower) {
  const auto lag = measure_lag(*leader.server, *follower.server);
  if (!lag) return tl::make_unexpected(lag.error());
  if (lag->commits <= kCaughtUp) return {};
  return refused(
      "database must not be too far behind leader, please wait until your follower catches up with its "
      "leader.",
      fmt::format("pghaulctl wait {}", follower.name));
}

Outcome wait_for_replay(Member& leader, Member& follower) {
  const auto deadline = std::chrono::steady_clock::now() + kReplay;
  for (;;) {
    const auto lag = measure_lag(*leader.server, *follower.server);
    if (!lag) return tl::make_unexpected(lag.error());
    if (lag->bytes == 0) return {};
    if (std::chrono::steady_clock::now() > deadline)
      return refused(
          fmt::format("{} does not replay the last {} bytes of {}", follower.name, lag->bytes, leader.name),
          "is replay paused there?");
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

/// Ends recovery, once the follower has all that its leader wrote.
Outcome end_recovery(Fleet& fleet, Member& follower, bool force) {
  Member* leader = fleet.leader_of(follower);
  if (leader != nullptr && !force) {
    if (auto near = refuse_far_behind(*leader, follower); !near) return near;
    if (auto replayed = wait_for_replay(*leader, follower); !replayed) return replayed;
  }
  const auto promoted = follower.server->query("SELECT pg_catalog.pg_promote(true, 60)");
  if (!promoted) return tl::make_unexpected(promoted.error());
  if (promoted->front()[0] != "t")
    return refused(follower.name + " did not end its recovery within 60 seconds");
  follower.follower = false;
  return {};
}

}  // namespace

Outcome promote(const Request& request) {
  const std::string name = request.value("NAME");
  const bool force = request.has("--force");
  auto app = app_of_database(name);
  if (!app) return tl::make_unexpected(app.error());
  auto fleet = Fleet::survey(std::move(*app));
  if (!fleet) return tl::make_unexpected(fleet.error());
  Member& next = **fleet->find(name);
  if (!next.server) return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", name, next.reason));
  const auto live = fleet->live();
  if (!live) return tl::make_unexpected(live.error());
  const auto moved = points_at(*fleet, next);
  if (moved && *moved && *live == &next && !next.follower) {
    say(fmt::format("{} is DATABASE_URL on {} already\n", name, fleet->app().name));
    return {};
  }
  if (auto checked = check_names(*fleet); !checked) return checked;
  if (auto safe = refuse_writes(**live, next, fleet->app()); !safe && !force) return safe;
  if (next.follower) {
    if (auto ended = end_recovery(*fleet, next, force); !ended) return ended;
  }
  return move_names(*fleet, **live, next);
}

}  // namespace pghaul::platform
