#include <fmt/format.h>

#include "follower.h"
#include "maintenance.h"
#include "output.h"
#include "poolers.h"
#include "promotion.h"
#include "upgrade.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

/// Refuses to leave writes behind: whoever still writes to the live database would not find them on the next.
Outcome refuse_writes(Member& live, const Member& next, const App& app) {
  if (live.may_run_unseen() && &live != &next)
    return failed(PGHAUL_EXIT_UNREACHABLE,
                  fmt::format("{} may still take writes of {}, and {} would not have them: {}", live.name,
                              app.name, next.name, live.reason),
                  "cure that; or --force to go without what is written there");
  if (!live.server || &live == &next) return {};
  const auto fenced = is_fenced(*live.server, app.writers);
  if (!fenced) return tl::make_unexpected(fenced.error());
  if (*fenced) return {};
  return refused(
      fmt::format("{} still takes writes of {}, and {} would not have them", live.name, app.name, next.name),
      fmt::format("pghaulctl maintenance on {}; or --force to go without what is written meanwhile",
                  app.name));
}

/// Refuses one that was upgraded as a follower of the live database, when that has written since.
Outcome refuse_stale(Member& live, Member& next) {
  if (!live.server || &live == &next) return {};
  const auto then = read_stamp(next);
  if (!then) return tl::make_unexpected(then.error());
  if (!then->starts_with(live.system + "-")) return {};
  const auto now = stamp_of(live);
  if (!now) return tl::make_unexpected(now.error());
  if (*then == *now) return {};
  return refused(
      fmt::format("{} has written since {} was upgraded", live.name, next.name),
      fmt::format("destroy {0}, follow and upgrade anew; or --force to go without these writes", next.name));
}

/// Ends recovery, once the follower has all that its leader wrote.
Outcome take_over(Fleet& fleet, Member& follower, bool force) {
  Member* leader = fleet.leader_of(follower);
  if (leader != nullptr && !force) {
    if (auto near = refuse_far_behind(*leader, follower); !near) return near;
    if (auto replayed = wait_for_replay(*leader, follower); !replayed) return replayed;
  }
  return end_recovery(leader, follower);
}

/// A run before may have ended between moving the names and letting the poolers go on.
Outcome let_go_unless_fenced(Fleet& fleet, Server& live) {
  const auto fenced = is_fenced(live, fleet.app().writers);
  if (!fenced) return tl::make_unexpected(fenced.error());
  return *fenced ? Outcome() : let_statements_go(fleet);
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
    return let_go_unless_fenced(*fleet, *next.server);
  }
  if (auto checked = check_names(*fleet); !checked) return checked;
  if (auto safe = refuse_writes(**live, next, fleet->app()); !safe && !force) return safe;
  if (auto current = refuse_stale(**live, next); !current && !force) return current;
  if (next.follower) {
    if (auto ended = take_over(*fleet, next, force); !ended) return ended;
  }
  return move_names(*fleet, **live, next);
}

}  // namespace pghaul::platform
