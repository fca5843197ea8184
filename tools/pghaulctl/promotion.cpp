#include "promotion.h"

#include <fmt/format.h>

#include <algorithm>

#include "login_roles.h"
#include "maintenance.h"
#include "output.h"

namespace pghaul::platform {
namespace {

/// Says whether the writers can't log in there yet, as during maintenance.
bool is_closed(const Member& next, const App& app) {
  auto server = next.connect("postgres");
  return server && is_fenced(*server, app.writers).value_or(false);
}

/// Lets all poolers go on; returns the first failure. Those whose writers can't log in yet wait for the end
/// of their fence.
Outcome release_all(Fleet& fleet, bool fenced) {
  Outcome first;
  for (const auto& pointer : fleet.pointers()) {
    if (fenced && pointer->is_pooler()) continue;
    if (auto released = pointer->release(); !released && first) first = released;
  }
  return first;
}

/// All poolers hold, or none.
Outcome hold_all(Fleet& fleet, const Member& before, const Member& next) {
  for (const auto& pointer : fleet.pointers()) {
    auto held = pointer->hold(before.address, next.address);
    if (held) continue;
    (void)release_all(fleet, is_closed(before, fleet.app()));
    return held;
  }
  return {};
}

/// Moves each, whatever became of the others; returns the first failure.
Outcome point_all(Fleet& fleet, const Member& before, const Member& next) {
  Outcome first;
  for (const auto& pointer : fleet.pointers()) {
    if (auto pointed = pointer->point(before.address, next.address); !pointed && first) first = pointed;
  }
  return first;
}

bool has_pooler(Fleet& fleet) {
  return std::ranges::any_of(fleet.pointers(), [](const auto& pointer) {
    if (!pointer->is_pooler()) return false;
    const auto attached = pointer->read();
    return attached && attached->has_value();
  });
}

/// A login may have been rotated since the roles were carried to the next database, or since it was live.
Outcome carry_logins_of(const App& app, const Member& before, const Member& next) {
  if (&before == &next || !before.server || !next.server || app.writers.empty()) return {};
  auto from = before.connect("postgres");
  if (!from) return tl::make_unexpected(from.error());
  auto to = next.connect("postgres");
  if (!to) return tl::make_unexpected(to.error());
  return carry_logins(*from, *to, app.writers);
}

/// Refuses a socket of one machine as the place that a name on another would point at. Between clusters of
/// one machine the name of the host stays, and only the port changes.
Outcome refuse_sockets(Fleet& fleet) {
  const std::vector<Member>& members = fleet.members();
  const bool is_one_machine = std::ranges::all_of(members, [&](const Member& one) {
    return one.host == members[0].host && (is_cluster(one.place) || one.address.by_socket());
  });
  if (is_one_machine) return {};
  for (const auto& pointer : fleet.pointers()) {
    for (const Member& one : members) {
      if (auto reachable = refuse_socket(*pointer, one); !reachable) return reachable;
    }
  }
  return {};
}

tl::unexpected<Failure> half_way(const Failure& failure, const Member& next) {
  return failed(PGHAUL_EXIT_STOPPED,
                fmt::format("{}\n{} is live; not every name points at it yet", failure.message, next.name),
                fmt::format("once that is cured: pghaulctl promote {}", next.name));
}

void say_moving(const Fleet& fleet, const Member& before, const Member& next) {
  say(fmt::format("Ensuring an alternate alias for existing DATABASE_URL... {}\n", before.name));
  say(fmt::format("Promoting {} to DATABASE_URL on {}... ", next.name, fleet.app().name));
}

Outcome point_and_release(Fleet& fleet, const Member& before, const Member& next) {
  const Outcome pointed = point_all(fleet, before, next);
  say(pointed ? "done\n" : "failed\n");
  const bool pooled = has_pooler(fleet);
  if (pooled) say("Reattaching pooler to new leader... ");
  const Outcome released = release_all(fleet, is_closed(next, fleet.app()));
  if (pooled) say(released ? "done\n" : "failed\n");
  if (!pointed) return half_way(pointed.error(), next);
  if (!released) return half_way(released.error(), next);
  return {};
}

}  // namespace

Result<bool> points_at(Fleet& fleet, const Member& next) {
  for (const auto& pointer : fleet.pointers()) {
    const auto read = pointer->read();
    if (!read) return tl::make_unexpected(read.error());
    if (!pointer->can_be_asked() || (*read && !means(**read, next.address))) return false;
  }
  return true;
}

Result<bool> is_pointed_at(Fleet& fleet, const Member& next) {
  Result<bool> so = false;
  for (const auto& pointer : fleet.pointers()) {
    const auto read = pointer->read();
    if (read && *read && next.is_meant_by(**read)) return true;
    if (!read && so) so = tl::make_unexpected(read.error());
  }
  return so;
}

Outcome refuse_socket(const Pointer& pointer, const Member& member) {
  if (!member.address.is_local || member.host == pointer.host()) return {};
  return refused(fmt::format("a name is on another host, '{}', and nothing says how {} is reached from there",
                             pointer.host(), member.name),
                 fmt::format("add the address of its machine to its place: {} = \"{} at HOST\"", member.name,
                             member.place));
}

Outcome check_names(Fleet& fleet) {
  if (auto reachable = refuse_sockets(fleet); !reachable) return reachable;
  for (const auto& pointer : fleet.pointers()) {
    if (auto checked = pointer->check(); !checked)
      return refused(checked.error().message, checked.error().hint);
  }
  return {};
}

Outcome move_names(Fleet& fleet, const Member& before, const Member& next) {
  say_moving(fleet, before, next);
  if (const Outcome held = hold_names(fleet, before, next); !held) {
    say("failed\n");
    return refused(held.error().message + fmt::format("\n{} is live, no name has been moved", before.name),
                   held.error().hint);
  }
  return point_and_release(fleet, before, next);
}

Outcome hold_names(Fleet& fleet, const Member& before, const Member& next) {
  if (auto carried = carry_logins_of(fleet.app(), before, next); !carried) return carried;
  return hold_all(fleet, before, next);
}

Outcome move_held_names(Fleet& fleet, const Member& before, const Member& next) {
  say_moving(fleet, before, next);
  return point_and_release(fleet, before, next);
}

Outcome release_names(Fleet& fleet) {
  return release_all(fleet, false);
}

}  // namespace pghaul::platform
