#include <fmt/format.h>

#include "cluster_tools.h"
#include "follower.h"
#include "output.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

/// Finds the live database that NAME is to follow.
Result<Member*> find_leader(Fleet& fleet) {
  auto live = fleet.live();
  if (!live) return live;
  if (!(*live)->server)
    return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", (*live)->name, (*live)->reason));
  if (!(*live)->cluster)
    return refused(fmt::format("{} is no cluster that pghaulctl knows", (*live)->name),
                   "followers of others are made by pg_basebackup");
  if ((*live)->server->version() < 120000) return refused("a follower needs PostgreSQL 12 or later");
  return live;
}

}  // namespace

Outcome follow(const Request& request) {
  const std::string name = request.value("NAME");
  if (!request.has("--of"))
    return failed(PGHAUL_EXIT_USAGE, "there is no --of APP", "usage: pghaulctl follow NAME --of APP");
  auto app = read_app(request.value("--of"));
  if (!app) return tl::make_unexpected(app.error());
  auto fleet = Fleet::survey(std::move(*app));
  if (!fleet) return tl::make_unexpected(fleet.error());
  auto found = fleet->find(name);
  if (!found) return tl::make_unexpected(found.error());
  auto leader = find_leader(*fleet);
  if (!leader) return tl::make_unexpected(leader.error());
  Member& next = **found;
  if (next.follower && fleet->leader_of(next) == *leader) {
    if (next.unfinished) {
      if (auto finished = finish_cluster(*next.cluster); !finished) return finished;
    }
    say(fmt::format("{} follows {} already\n", name, (*leader)->name));
    return {};
  }
  if (next.server || !is_cluster(next.place)) {
    return refused(fmt::format("{} is a database of its own, which would be replaced", name),
                   fmt::format("pghaulctl destroy {} first", name));
  }
  if (!next.cluster && next.state != Member::State::missing)
    return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", name, next.reason));
  const ClusterName cluster{(*leader)->cluster->version, ClusterName::of(next.place).name, next.host};
  if (auto possible = check_follower(**leader, next); !possible) return possible;
  say(fmt::format("Following {} by {}, cluster {}... ", (*leader)->name, name, cluster.text()));
  const Outcome made = make_follower(**leader, cluster, name);
  say(made ? "done\n" : "failed\n");
  return made;
}

Outcome unfollow(const Request& request) {
  const std::string name = request.value("NAME");
  auto app = app_of_database(name);
  if (!app) return tl::make_unexpected(app.error());
  auto fleet = Fleet::survey(std::move(*app));
  if (!fleet) return tl::make_unexpected(fleet.error());
  Member& member = **fleet->find(name);
  if (!member.server) return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", name, member.reason));
  if (!member.follower) return refused(fmt::format("{} follows nobody", name));
  say(fmt::format("{} unfollowing... ", name));
  const Outcome ended = end_recovery(fleet->leader_of(member), member);
  say(ended ? "done\n" : "failed\n");
  return ended;
}

}  // namespace pghaul::platform
