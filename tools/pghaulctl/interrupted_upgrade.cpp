#include "interrupted_upgrade.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "boundary.h"
#include "cluster_tools.h"
#include "host.h"
#include "output.h"
#include "upgrade.h"

namespace pghaul::platform {
namespace {

constexpr std::chrono::minutes kLongestStart{10};
constexpr std::chrono::milliseconds kBetweenLooks{100};

/// Stops a server that pg_upgrade has started, which is told by -b, and was not there to stop again.
Outcome stop_left_over(const Cluster& cluster) {
  constexpr const char* kScript =
      R"("$1" status -D "$2" >/dev/null || exit 0; grep -q '"-b"' "$2/postmaster.opts" || exit 0; exec "$1" stop -m fast -D "$2")";
  Host& machine = Host::reached_by(cluster.host);
  const auto stopped = machine.run(
      {"sh", "-c", kScript, "sh", program_of(cluster.version, "pg_ctl"), cluster.data_folder}, cluster.owner);
  if (!stopped) return tl::make_unexpected(stopped.error());
  const auto pid_file = read_setting(ClusterName::of(cluster), "external_pid_file");
  if (!pid_file || pid_file->empty()) return {};
  const auto runs = machine.run({program_of(cluster.version, "pg_ctl"), "status", "-D", cluster.data_folder},
                                cluster.owner);
  return runs ? Outcome() : machine.remove(*pid_file);
}

/// Takes the last mark away once the cluster that it names is gone. A look that failed doesn't say so.
Outcome forget_former(const Cluster& next) {
  Host& machine = Host::reached_by(next.host);
  auto version = machine.run({"cat", upgraded_mark(next)});
  if (!version) return tl::make_unexpected(version.error());
  version->erase(version->find_last_not_of('\n') + 1);
  const auto former = find_cluster({*version, next.name, next.host});
  if (former) return Upgrade(*former, next.version).complete();
  if (former.error().status == PGHAUL_EXIT_UNREACHABLE) return tl::make_unexpected(former.error());
  return machine.remove(upgraded_mark(next));
}

Outcome finish(const Member& member) {
  const Cluster& next = *member.cluster;
  Outcome done = await_programs(next);
  if (!member.other) return done ? forget_former(next) : done;
  if (done) done = stop_left_over(next);
  return done ? Upgrade(*member.other, next.version).complete() : done;
}

tl::unexpected<Failure> not_whole(const Member& member, const App& app) {
  return refused(fmt::format("an upgrade of {} was interrupted when pg_upgrade had begun to move files: "
                             "neither {} nor {} is whole",
                             member.name, ClusterName::of(*member.cluster).text(),
                             ClusterName::of(*member.other).text()),
                 fmt::format("the live database is: pghaulctl destroy {} --confirm {}, and begin anew",
                             member.name, app.name));
}

/// The old cluster is started again, unless pg_upgrade has come to its end meanwhile or to where there is no
/// way back.
Result<TakenUp> go_back(const Member& member, const App& app) {
  const Cluster& old = *member.cluster;
  if (auto ended = await_programs(*member.other); !ended) return tl::make_unexpected(ended.error());
  const auto stage = stage_of(*member.other);
  if (!stage) return tl::make_unexpected(stage.error());
  if (*stage == Stage::upgraded) return TakenUp::back;
  Outcome done = stop_left_over(*member.other);
  if (done) done = stop_left_over(old);
  if (!done) return tl::make_unexpected(done.error());
  const auto is_moved = have_files_moved(old);
  if (!is_moved) return tl::make_unexpected(is_moved.error());
  if (*is_moved) return not_whole(member, app);
  done = control_cluster(ClusterName::of(old), "start");
  if (!done) return tl::make_unexpected(done.error());
  return TakenUp::back;
}

/// Starts a follower that left the live database, or was about to, and was stopped for that. What can't be
/// started is said where the conversion is refused.
Outcome start_leaving(Changeover& all) {
  const Member& next = all.target();
  if (!all.live || !next.cluster || next.server) return {};
  const auto waiting = read_waiting_boundary(all.source());
  if (!waiting) return tl::make_unexpected(waiting.error());
  if (!*waiting || !control_cluster(ClusterName::of(*next.cluster), "start")) return {};
  return all.survey();
}

/// A follower that follows already is finished; anything else that was begun is made anew.
Outcome settle_unfinished(Changeover& all) {
  Member& next = all.target();
  if (!next.unfinished) return {};
  const Cluster cluster = *next.cluster;
  const bool follows = next.follower && all.fleet.leader_of(next) == &all.source();
  Outcome done = await_programs(cluster);
  next.server.reset();
  if (done) done = follows ? finish_cluster(cluster) : drop_cluster(ClusterName::of(cluster));
  return done ? all.survey() : done;
}

/// A server that starts, or ends, is neither up nor down yet.
Outcome await_state(Changeover& all) {
  const auto deadline = std::chrono::steady_clock::now() + kLongestStart;
  while (all.target().state == Member::State::starting && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kBetweenLooks);
    if (auto found = all.survey(); !found) return found;
  }
  return {};
}

}  // namespace

Outcome take_up(Changeover& all) {
  if (all.back || all.from == all.to || !is_cluster(all.target().place)) return {};
  if (auto settled = settle_unfinished(all); !settled) return settled;
  for (TakenUp taken = TakenUp::back; taken != TakenUp::nothing;) {
    if (auto settled = await_state(all); !settled) return settled;
    const auto done = take_up_upgrade(all.target(), all.app);
    if (!done) return tl::make_unexpected(done.error());
    taken = *done;
    if (auto found = all.survey(); !found) return found;
  }
  if (auto started = start_leaving(all); !started) return started;
  return await_state(all);
}

Outcome stop_left_over(const Member& member) {
  if (!member.cluster || !member.other) return {};
  Outcome done = await_programs(member.half_upgraded ? *member.cluster : *member.other);
  if (done) done = stop_left_over(*member.cluster);
  return done ? stop_left_over(*member.other) : done;
}

Result<TakenUp> take_up_upgrade(Member& member, const App& app) {
  if (!member.cluster) return TakenUp::nothing;
  if (member.half_upgraded) {
    say(fmt::format("Completing the upgrade of {} to PostgreSQL {}... ", member.name,
                    member.cluster->version));
    const Outcome done = finish(member);
    say(done ? "done\n" : "failed\n");
    if (!done) return tl::make_unexpected(done.error());
    return TakenUp::finished;
  }
  if (!member.other || member.server || member.state == Member::State::starting) return TakenUp::nothing;
  say(fmt::format("Taking up the interrupted upgrade of {}... ", member.name));
  auto back = go_back(member, app);
  say(back ? "done\n" : "failed\n");
  return back;
}

}  // namespace pghaul::platform
