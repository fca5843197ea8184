#include "follower.h"

#include <fmt/format.h>

#include <cctype>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <thread>

#include "host.h"
#include "lag.h"

namespace pghaul::platform {
namespace {

constexpr std::chrono::seconds kReplay{60};
constexpr std::chrono::seconds kReplayAgain{600};  // from the last restartpoint on, after a restart
constexpr std::chrono::milliseconds kBetweenLooks{20};

Outcome make_slot(Server& leader, const std::string& slot) {
  const std::string name = leader.literal(slot);
  return leader.run(
      fmt::format("SELECT pg_catalog.pg_create_physical_replication_slot({0}, true) WHERE NOT EXISTS "
                  "(SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = {0})",
                  name));
}

/// Writes how a follower on a machine connects to its leader.
std::string replication_from(const Member& leader, const std::string& host) {
  if (host == leader.host)
    return fmt::format("host={} port={}", leader.address.socket_folder, leader.address.port);
  return fmt::format("host={} port={} user={}", leader.address.host, leader.address.port,
                     leader.cluster->owner_name);
}

/// Writes how a program on a machine connects to the leader's database.
std::string leader_from(const Member& leader, const std::string& host) {
  if (host == leader.host) return leader.connection_string;
  return replication_from(leader, host);
}

/// Replaces the data that initdb made by the leader's.
Outcome copy_data(const Member& leader, const Cluster& cluster, const std::string& slot) {
  Host& machine = Host::reached_by(cluster.host);
  const auto run = [&](const std::vector<std::string>& argv) {
    return machine.run(argv, cluster.owner).map([](const std::string&) {});
  };
  Outcome done = run({"find", cluster.data_folder, "-mindepth", "1", "-delete"});
  if (done)
    done = run(holding(
        cluster, {program_of(cluster.version, "pg_basebackup"), "--dbname", leader_from(leader, cluster.host),
                  "--pgdata", cluster.data_folder, "--checkpoint", "fast", "--no-password", "--slot", slot}));
  return done ? run({"touch", cluster.data_folder + "/standby.signal"}) : done;
}

/// Across hosts the follower listens where it did when it was made: addresses are those of a machine.
Outcome point_at_leader(const ClusterName& name, Member& leader, const std::string& slot) {
  auto settings = file_settings(*leader.server);
  if (!settings) return tl::make_unexpected(settings.error());
  if (name.host != leader.host)
    std::erase_if(*settings, [](const auto& setting) { return setting[0] == "listen_addresses"; });
  auto done = write_settings(name, *settings);
  if (done) done = set_setting(name, "primary_conninfo", replication_from(leader, name.host));
  if (done) done = set_setting(name, "primary_slot_name", slot);
  return done;
}

/// Looks every now and then until `look` says true.
Outcome wait_until(const std::function<Result<bool>()>& look, const std::function<Failure()>& too_late,
                   std::chrono::seconds limit = kReplay) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto so = look();
    if (!so) return tl::make_unexpected(so.error());
    if (*so) return {};
    if (std::chrono::steady_clock::now() > deadline) return tl::make_unexpected(too_late());
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

Outcome wait_for_stream(Server& leader, const std::string& slot) {
  return wait_until(
      [&]() -> Result<bool> {
        const auto active =
            leader.query("SELECT FROM pg_catalog.pg_replication_slots WHERE active AND slot_name = " +
                         leader.literal(slot));
        if (!active) return tl::make_unexpected(active.error());
        return !active->empty();
      },
      [] {
        return Failure{PGHAUL_EXIT_REFUSED, "the follower has not begun to follow within 60 seconds",
                       "its log says why: pg_lsclusters shows where that is"};
      });
}

Outcome remove_settings(Member& follower, std::initializer_list<const char*> settings) {
  Outcome done;
  for (const char* setting : settings) {
    if (done) done = remove_setting(ClusterName::of(*follower.cluster), setting);
  }
  return done;
}

Outcome forget_leader(Member& follower) {
  if (!follower.cluster) return {};
  Outcome done = remove_settings(follower, {"primary_conninfo", "primary_slot_name"});
  if (done) done = forget_end_of_recovery(follower);
  return done ? follower.server->run("SELECT pg_catalog.pg_reload_conf()") : done;
}

}  // namespace

std::string slot_of(const std::string& follower) {
  std::string slot = "pghaulctl_";
  for (const char c : follower) {
    const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    slot += std::isalnum(static_cast<unsigned char>(lower)) != 0 ? lower : '_';
  }
  return slot.substr(0, 63);
}

Outcome check_leader(const Member& leader, const std::string& host) {
  if (host == leader.host) return {};
  if (leader.address.is_local)
    return refused(
        fmt::format(
            "a follower on another host connects to {}, and nothing says how it is reached from there",
            leader.name),
        fmt::format("add the address of its machine to its place: {} = \"{} at HOST\"", leader.name,
                    leader.place));
  Host& machine = Host::reached_by(host);
  const auto owner = machine.run({"id", "-u", leader.cluster->owner_name});
  if (!owner) return tl::make_unexpected(owner.error());
  const std::string connection = leader_from(leader, host) + " replication=true connect_timeout=10";
  const auto identified = machine.run({"psql", "-XwAt", "-d", connection, "-c", "IDENTIFY_SYSTEM"},
                                      static_cast<uid_t>(std::strtoul(owner->c_str(), nullptr, 10)));
  if (identified) return {};
  return refused(
      fmt::format("a follower there could not connect to {}: {}", leader.name, identified.error().message),
      fmt::format("have {} listen on that address, and let {} in by pg_hba.conf (host replication …), with "
                  "its password in ~/.pgpass there",
                  leader.name, leader.cluster->owner_name));
}

Outcome check_follower(const Member& leader, const Member& next) {
  const std::string host = ClusterName::of(next.place).host;
  if (auto installed = require_version(leader.cluster->version, host); !installed) return installed;
  if (auto reachable = check_leader(leader, host); !reachable) return reachable;
  return check_listening(leader, next);
}

Outcome make_follower(Member& leader, const ClusterName& name, const std::string& follower) {
  const std::string slot = slot_of(follower);
  const auto cluster = begin_cluster(name, *leader.cluster, *leader.server);
  if (!cluster) return tl::make_unexpected(cluster.error());
  Outcome done = make_slot(*leader.server, slot);
  if (done) done = copy_data(leader, *cluster, slot);
  if (!done) {  // a slot that nobody reads would keep the leader's WAL
    (void)drop_slot(leader, follower);
    return done;
  }
  if (done) done = point_at_leader(name, leader, slot);
  if (done) done = control_cluster(name, "start");
  if (done) done = wait_for_stream(*leader.server, slot);
  if (done) done = finish_cluster(*cluster);
  return done;
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

Outcome catch_up(Member& leader, Member& follower) {
  Failure far;
  return wait_until(
      [&]() -> Result<bool> {
        const auto near = refuse_far_behind(leader, follower);
        if (!near) far = near.error();
        return near.has_value();
      },
      [&far] { return far; });
}

Outcome wait_for_replay(Member& leader, Member& follower) {
  std::int64_t left = 0;
  return wait_until(
      [&]() -> Result<bool> {
        const auto lag = measure_lag(*leader.server, *follower.server);
        if (!lag) return tl::make_unexpected(lag.error());
        left = lag->bytes;
        return left == 0;
      },
      [&] {
        return Failure{
            PGHAUL_EXIT_REFUSED,
            fmt::format("{} does not replay the last {} bytes of {}", follower.name, left, leader.name),
            "is replay paused there?"};
      });
}

Outcome end_recovery(Member* leader, Member& follower) {
  const auto promoted = follower.server->query("SELECT pg_catalog.pg_promote(true, 60)");
  if (!promoted) return tl::make_unexpected(promoted.error());
  if (promoted->front()[0] != "t")
    return refused(follower.name + " did not end its recovery within 60 seconds");
  follower.follower = false;
  Outcome done = forget_leader(follower);
  if (done && leader != nullptr && leader->server) done = drop_slot(*leader, follower.name);
  return done;
}

/// Before 14, a server says only whether that was asked for: what it was replaying then may come after.
Outcome pause_replay(Member& follower) {
  const char* const is_paused = follower.server->version() >= 140000
                                    ? "SELECT pg_catalog.pg_get_wal_replay_pause_state() = 'paused'"
                                    : "SELECT pg_catalog.pg_is_wal_replay_paused()";
  if (auto asked = follower.server->run("SELECT pg_catalog.pg_wal_replay_pause()"); !asked) return asked;
  return wait_until(
      [&]() -> Result<bool> {
        const auto paused = follower.server->query(is_paused);
        if (!paused) return tl::make_unexpected(paused.error());
        return paused->front()[0] == "t";
      },
      [&] {
        return Failure{PGHAUL_EXIT_REFUSED, follower.name + " does not stop replaying within 60 seconds", {}};
      });
}

Outcome resume_replay(Member& follower) {
  return follower.server->run("SELECT pg_catalog.pg_wal_replay_resume()");
}

/// The LSN comes last: a server that is restarted half-way follows on.
Outcome end_recovery_at(Member& follower, const std::string& lsn) {
  const ClusterName name = ClusterName::of(*follower.cluster);
  Outcome done = set_setting(name, "recovery_target_inclusive", "off");
  if (done) done = set_setting(name, "recovery_target_action", "promote");
  if (done) done = set_setting(name, "recovery_target_lsn", lsn);
  if (done) done = control_cluster(name, "restart");
  return done ? await_end_of_recovery(follower) : done;
}

/// The LSN goes first: without it the others say nothing.
Outcome forget_end_of_recovery(Member& follower) {
  return remove_settings(follower,
                         {"recovery_target_lsn", "recovery_target_inclusive", "recovery_target_action"});
}

Result<bool> is_leaving(Member& follower) {
  const auto target =
      follower.server->query("SELECT pg_catalog.current_setting('recovery_target_lsn') <> ''");
  if (!target) return tl::make_unexpected(target.error());
  return target->front()[0] == "t";
}

Outcome check_leaving(Member& follower, const std::string& lsn) {
  Server& server = *follower.server;
  const auto set = server.query(fmt::format(
      "SELECT lsn::pg_catalog.pg_lsn = {}::pg_catalog.pg_lsn AND inclusive = 'off' AND action = 'promote', "
      "lsn, inclusive, action FROM (SELECT pg_catalog.current_setting('recovery_target_lsn') AS lsn, "
      "pg_catalog.current_setting('recovery_target_inclusive') AS inclusive, "
      "pg_catalog.current_setting('recovery_target_action') AS action) AS of_server",
      server.literal(lsn)));
  if (!set) return tl::make_unexpected(set.error());
  const auto& row = set->front();
  if (row[0] == "t") return {};
  const ClusterName name = ClusterName::of(*follower.cluster);
  return refused(
      fmt::format("{} is to end its recovery before {}, and was started with recovery_target_lsn = {}, "
                  "recovery_target_inclusive = {}, recovery_target_action = {}",
                  follower.name, lsn, row[1], row[2], row[3]),
      fmt::format(
          "remove these three from the settings of {0}, restart it (pg_ctlcluster {1} {2} restart), and "
          "run it again",
          name.text(), name.version, name.name));
}

/// Its newest timeline says where it left the one before.
Outcome check_left_at(Member& former, const std::string& lsn, const std::string& leader) {
  const auto left = former.server->query(
      "SELECT (pg_catalog.regexp_match(pg_catalog.pg_read_file('pg_wal/' || name), "
      "E'\\t([0-9A-F]+/[0-9A-F]+)\\t[^\\n]*\\n*$'))[1] FROM pg_catalog.pg_ls_waldir() WHERE name ~ "
      "'^[0-9A-F]{8}[.]history$' ORDER BY name DESC LIMIT 1");
  if (!left) return tl::make_unexpected(left.error());
  const std::string where = left->empty() ? "" : left->front()[0];
  const auto same =
      former.server->query(fmt::format("SELECT nullif({}, '')::pg_catalog.pg_lsn IS NOT DISTINCT FROM "
                                       "{}::pg_catalog.pg_lsn",
                                       former.server->literal(where), former.server->literal(lsn)));
  if (!same) return tl::make_unexpected(same.error());
  if (same->front()[0] == "t") return {};
  return refused(fmt::format("{} left {} at {}, and {} keeps its changes from {} on: some would be missing, "
                             "or be applied twice",
                             former.name, leader, where.empty() ? "an unknown moment" : where, leader, lsn),
                 {});
}

/// A server that is about to end its recovery may refuse sessions for a moment.
Outcome await_end_of_recovery(Member& follower) {
  return wait_until(
      [&]() -> Result<bool> {
        auto server = follower.connect("postgres");
        if (!server) return false;
        const auto recovering = server->query("SELECT pg_catalog.pg_is_in_recovery()");
        return recovering && recovering->front()[0] == "f";
      },
      [&] {
        return Failure{PGHAUL_EXIT_REFUSED, follower.name + " did not end its recovery within 10 minutes",
                       "its log says why: pg_lsclusters shows where that is"};
      },
      kReplayAgain);
}

Outcome settle_follower(Member& leader, Member& follower) {
  Outcome done = forget_leader(follower);
  return done ? drop_slot(leader, follower.name) : done;
}

/// The sender of a follower that has just ended its recovery may hold the slot for a moment still.
Outcome drop_slot(Member& leader, const std::string& follower) {
  Server& server = *leader.server;
  const std::string slot = server.literal(slot_of(follower));
  return wait_until(
      [&]() -> Result<bool> {
        const auto dropped = server.query(
            "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots "
            "WHERE NOT "
            "active AND slot_name = " +
            slot);
        if (!dropped) return tl::make_unexpected(dropped.error());
        const auto left =
            server.query("SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = " + slot);
        if (!left) return tl::make_unexpected(left.error());
        return left->empty();
      },
      [&] {
        return Failure{PGHAUL_EXIT_REFUSED,
                       fmt::format("{} keeps the replication slot {} in use", leader.name, slot_of(follower)),
                       "drop it once it isn't: SELECT pg_drop_replication_slot(…); it keeps WAL"};
      });
}

}  // namespace pghaul::platform
