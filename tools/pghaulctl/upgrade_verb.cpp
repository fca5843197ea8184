#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "follower.h"
#include "interrupted_upgrade.h"
#include "lag.h"
#include "maintenance.h"
#include "output.h"
#include "pghaul/quantities.h"
#include "upgrade.h"
#include "upgrade_needs.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

constexpr std::chrono::seconds kInterval{1};
constexpr int kWaitingIsOfNoUse = 1;

/// The end that a command line names, and how it was found.
struct Task {
  Fleet fleet;
  std::string name;
  std::string version;
  bool force = false;

  [[nodiscard]] Member& member() { return **fleet.find(name); }
  [[nodiscard]] Upgrade upgrade() { return {*member().cluster, version}; }
};

Result<Task> find_task(const Request& request) {
  const std::string name = request.value("NAME");
  auto app = app_of_database(name);
  if (!app) return tl::make_unexpected(app.error());
  auto fleet = Fleet::survey(std::move(*app));
  if (!fleet) return tl::make_unexpected(fleet.error());
  Task task{std::move(*fleet), name, request.value("--to"), request.has("--force")};
  const Member& member = task.member();
  if (!is_cluster(member.place)) return refused(fmt::format("{} is no cluster that pghaulctl knows", name));
  if (task.version.empty()) task.version = ClusterName::of(member.place).version;
  if (task.version.find_first_not_of("0123456789") != std::string::npos || task.version.size() > 3)
    return failed(PGHAUL_EXIT_USAGE,
                  fmt::format("--to takes a major version, such as 18, not '{}'", task.version));
  return task;
}

Outcome require_open(Task& task) {
  const Member& member = task.member();
  if (!member.server) return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", task.name, member.reason));
  return task.upgrade().may();
}

/// Says what is under way, and what came of it with the time it took.
Outcome timed(const std::string& what, const std::function<Outcome()>& act) {
  say(what + "... ");
  const auto start = std::chrono::steady_clock::now();
  Outcome done = act();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  say(done ? fmt::format("done, {}\n", command::show_seconds(taken.count())) : "failed\n");
  return done;
}

Outcome prepare(Task& task) {
  if (auto open = require_open(task); !open) return open;
  const Outcome done = timed(fmt::format("Preparing {} for PostgreSQL {}", task.name, task.version),
                             [&] { return task.upgrade().prepare(*task.member().server); });
  if (!done) return done;
  const auto needs = needs_of_upgrade(*task.member().cluster);
  say((needs ? show_needs(*needs) : "what pg_upgrade needs is not known: " + needs.error().message) + "\n");
  return {};
}

/// Refuses to leave writes behind: what the live database takes from here on, the upgraded one would not
/// have.
Outcome refuse_writes(Task& task, Member& live) {
  if (task.force) return {};
  if (live.may_run_unseen())
    return failed(
        PGHAUL_EXIT_UNREACHABLE,
        fmt::format("{} may still take writes of {}, which {} would not have once it is upgraded: {}",
                    live.name, task.fleet.app().name, task.name, live.reason),
        "cure that; or --force to go without what is written there");
  if (!live.server) return {};
  const auto fenced = are_all_fenced(*live.server, task.fleet.app().writers);
  if (!fenced) return tl::make_unexpected(fenced.error());
  if (*fenced) return {};
  return refused(fmt::format("{} still takes writes of {}, which {} would not have once it is upgraded",
                             live.name, task.fleet.app().name, task.name),
                 fmt::format("pghaulctl maintenance on {} first", task.fleet.app().name));
}

/// A former follower, of a run that ended half-way, has all of its leader only if that has not written since.
Outcome refuse_stale(Task& task, Member& live) {
  Member& member = task.member();
  if (task.force || &live == &member || live.system != member.system) return {};
  const auto here = stamp_of(member);
  if (!here) return tl::make_unexpected(here.error());
  const auto there = stamp_of(live);
  if (!there) return tl::make_unexpected(there.error());
  if (*here == *there) return {};
  return refused(fmt::format("{} no longer follows {}, which has written since", member.name, live.name),
                 fmt::format("begin anew: pghaulctl destroy {0}, then follow {0}", member.name));
}

Outcome run(Task& task) {
  Outcome done = require_open(task);
  if (!done) return done;
  auto live = task.fleet.live();
  if (!live) return tl::make_unexpected(live.error());
  Member& member = task.member();
  if (*live == &member)
    return refused(task.name + " is live", "upgrade a follower of it: pghaulctl follow, upgrade, promote");
  Member* leader = member.follower ? task.fleet.leader_of(member) : nullptr;
  if (leader != nullptr && !task.force) done = refuse_far_behind(*leader, member);
  if (done) done = refuse_writes(task, **live);
  if (done && !member.follower) done = refuse_stale(task, **live);
  if (!done) return done;
  const Upgrade upgrade = task.upgrade();
  const auto prepared = upgrade.is_prepared();
  if (!prepared) return tl::make_unexpected(prepared.error());
  if (!*prepared || member.follower) done = prepare(task);
  if (!done) return done;
  return timed(fmt::format("Upgrading {} to PostgreSQL {}", task.name, task.version), [&]() -> Outcome {
    std::string stamp;
    if (leader != nullptr) {  // the stamp first: what is written after it makes the two differ
      const auto state = stamp_of(*leader);
      if (!state) return tl::make_unexpected(state.error());
      stamp = *state;
      if (auto replayed = wait_for_replay(*leader, member); !replayed && !task.force) return replayed;
    }
    if (member.follower) {
      if (auto ended = end_recovery(leader, member); !ended) return ended;
    }
    return upgrade.convert(stamp);
  });
}

/// Takes up what a run before has left. Once that is finished, there is nothing to run.
Outcome take_up_and_run(const Request& request, Task task) {
  for (;;) {
    const auto taken = take_up_upgrade(task.member(), task.fleet.app());
    if (!taken) return tl::make_unexpected(taken.error());
    if (*taken == TakenUp::finished) return {};
    if (*taken == TakenUp::nothing) return run(task);
    auto again = find_task(request);
    if (!again) return tl::make_unexpected(again.error());
    task = std::move(*again);
  }
}

/// Writes the place of a cluster on a machine that is known.
std::string place_of(const ClusterName& cluster, const Address& of_machine) {
  if (cluster.host.empty()) return cluster.text();
  return fmt::format("{}: {} at {}", cluster.host, cluster.text(), of_machine.host);
}

/// Upgrades a follower that is made for it, and removed.
Outcome try_out(Task& task) {
  if (auto open = require_open(task); !open) return open;
  Member& member = task.member();
  Member* leader = member.follower ? task.fleet.leader_of(member) : &member;
  if (leader == nullptr || !leader->cluster)
    return refused(fmt::format("the leader of {} is unknown", task.name));
  const std::string name = task.name + "_dryrun";
  const ClusterName cluster{leader->cluster->version, member.cluster->name + "_dryrun", member.host};
  if (auto possible = check_follower(*leader, member); !possible) return possible;
  if (auto made = timed(fmt::format("Following {} by {}", leader->name, name),
                        [&] { return make_follower(*leader, cluster, name); });
      !made) {
    if (const auto left = find_cluster(cluster); left && !is_finished(*left).value_or(true))
      (void)drop_cluster(cluster);
    (void)drop_slot(*leader, name);
    return made;
  }
  App app = task.fleet.app();
  app.databases.push_back({name, place_of(cluster, member.address)});
  auto fleet = Fleet::survey(app);
  if (!fleet) return tl::make_unexpected(fleet.error());
  Task trial{std::move(*fleet), name, task.version, true};
  const Outcome done = run(trial);
  for (const ClusterName& one : {cluster, ClusterName{task.version, cluster.name, cluster.host}}) {
    if (!find_cluster(one)) continue;
    if (auto dropped = drop_cluster(one); !dropped) return dropped;
  }
  if (auto dropped = drop_slot(*leader, name); !dropped) return dropped;
  return done;
}

Outcome cancel(Task& task) {
  const Member& member = task.member();
  const bool upgraded = !member.cluster || member.cluster->version == task.version;
  const auto begun = upgraded ? Result<bool>(false) : task.upgrade().is_begun();
  if (!begun) return tl::make_unexpected(begun.error());
  if (!*begun) return refused(fmt::format("no upgrade of {} to {} is prepared", task.name, task.version));
  return timed(fmt::format("Cancelling the upgrade of {}", task.name),
               [&] { return task.upgrade().cancel(); });
}

Outcome wait_for(const Request& request) {
  for (;;) {
    auto task = find_task(request);
    if (!task) return tl::make_unexpected(task.error());
    const Member& member = task->member();
    if (!member.cluster)
      return failed(kWaitingIsOfNoUse, fmt::format("{} is not available: {}", task->name, member.reason));
    if (member.cluster->version == task->version && member.server) return {};
    if (member.server && !find_cluster(task->upgrade().next()))
      return failed(kWaitingIsOfNoUse,
                    fmt::format("no upgrade of {} to {} is prepared", task->name, task->version));
    const char* status = !member.server                                  ? "migrating"
                         : task->upgrade().is_prepared().value_or(false) ? "ready"
                                                                         : "not prepared";
    say(fmt::format("Waiting for upgrade of {}... {}\n", task->name, status));
    std::this_thread::sleep_for(kInterval);
  }
}

}  // namespace

Outcome upgrade(const Request& request) {
  const std::string what = request.value("prepare|run|dryrun|cancel|wait");
  if (what == "wait") return wait_for(request);
  auto task = find_task(request);
  if (!task) return tl::make_unexpected(task.error());
  if (what == "run") return take_up_and_run(request, std::move(*task));
  if (what == "prepare") return prepare(*task);
  if (what == "dryrun") return try_out(*task);
  return cancel(*task);
}

}  // namespace pghaul::platform
