#include <fmt/format.h>

#include "cluster_tools.h"
#include "engine_job.h"
#include "follower.h"
#include "host.h"
#include "interrupted_upgrade.h"
#include "live_remains.h"
#include "output.h"
#include "pghaul/signals.h"
#include "promotion.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

Outcome refuse_any(Server& server, const std::string& sql, const std::string& what, const std::string& hint) {
  const auto rows = server.query(sql);
  if (!rows) return tl::make_unexpected(rows.error());
  if (rows->empty()) return {};
  return refused(fmt::format("{}: {}", what, rows->front()[0]), hint);
}

/// Refuses a database that the application works with, or that something points at.
Outcome refuse_used(Fleet& fleet, Member& member) {
  const auto pointed = is_pointed_at(fleet, member);
  if (!pointed)
    return failed(pointed.error().status,
                  fmt::format("a name of {} may point at {}: {}", fleet.app().name, member.name,
                              pointed.error().message),
                  pointed.error().hint);
  if (*pointed)
    return refused(fmt::format("a name of {} points at {}", fleet.app().name, member.name),
                   "promote another one first");
  const auto live = fleet.live();
  if (!live) return tl::make_unexpected(live.error());
  if (*live == &member)
    return refused(fmt::format("{} works with {}", fleet.app().name, member.name),
                   "promote another one first");
  return {};
}

/// Refuses what would take more along than the application's copy.
Outcome refuse_needed(Server& server, const App& app, const std::string& name) {
  Outcome done =
      refuse_any(server,
                 "SELECT application_name FROM pg_catalog.pg_stat_replication WHERE application_name !~ "
                 "'pg_basebackup'",
                 fmt::format("{} has a follower", name), "unfollow or destroy that first");
  if (done)
    done = refuse_any(server, "SELECT slot_name FROM pg_catalog.pg_replication_slots",
                      fmt::format("{} keeps a replication slot, which somebody may need", name),
                      "drop it, if nobody does: SELECT pg_drop_replication_slot(…)");
  if (done)
    done =
        refuse_any(server,
                   "SELECT datname FROM pg_catalog.pg_database WHERE NOT datistemplate AND datname NOT IN "
                   "('postgres', " +
                       server.literal(app.database) + ")",
                   fmt::format("the cluster of {} holds another database", name), "move or drop that first");
  return done;
}

/// Refuses what the cluster itself says that others need, and a finished cluster that can't be asked.
Outcome refuse_unknown(const Fleet& fleet, const Member& member) {
  auto server = member.connect("postgres");
  if (server) return refuse_needed(*server, fleet.app(), member.name);
  const auto is_half_upgraded = have_files_moved(*member.cluster);
  if (!is_half_upgraded) return tl::make_unexpected(is_half_upgraded.error());
  const auto finished = is_finished(*member.cluster);
  if (!finished) return tl::make_unexpected(finished.error());
  if (!*finished || *is_half_upgraded) return {};
  const ClusterName cluster = ClusterName::of(*member.cluster);
  return refused(fmt::format("{} can't be asked what else is in its cluster {}: {}", member.name,
                             cluster.text(), server.error().message),
                 fmt::format("pg_ctlcluster {} {} start", cluster.version, cluster.name));
}

Outcome archive(const Member& member, const std::string& folder, command::Signals& signals) {
  say(fmt::format("Archiving {} to {}... ", member.name, folder));
  Member archive;
  archive.connection_string = "archive:" + folder;
  EngineRun run = between(member, archive);
  run.signals = &signals;
  const EngineResult done = run_engine(run, command::Verb::copy);
  say(done.message.empty() ? "done, verified\n" : "failed\n");
  if (done.message.empty()) return {};
  return failed(done.status, done.message, done.hint);
}

/// Finds what the application works with, which has to say what it keeps for a database, and to let it go.
Result<Member*> find_keeper(Fleet& fleet, const std::string& name) {
  const auto live = fleet.live();
  if (!live || (*live)->server) return live;
  return failed(
      PGHAUL_EXIT_UNREACHABLE,
      fmt::format("{} can't be asked what it keeps for {}, which would stay and fill its disk: {}",
                  (*live)->name, name, (*live)->reason),
      fmt::format("start {}, or promote another one if it is lost; then run it again", (*live)->name));
}

/// Frees the live database of the slot of a follower whose cluster is gone.
Outcome forget_missing(Fleet& fleet, const Member& member) {
  const auto keeper = find_keeper(fleet, member.name);
  if (!keeper) return tl::make_unexpected(keeper.error());
  Server& server = *(*keeper)->server;
  const auto slot = server.query("SELECT active FROM pg_catalog.pg_replication_slots WHERE slot_name = " +
                                 server.literal(slot_of(member.name)));
  if (!slot) return tl::make_unexpected(slot.error());
  if (slot->empty())
    return refused(fmt::format("there is no cluster {}, and {} keeps nothing for {}", member.place_text(),
                               (*keeper)->name, member.name));
  if (slot->front()[0] == "t")
    return refused(fmt::format("there is no cluster {}, but somebody uses the slot {} of {}",
                               member.place_text(), slot_of(member.name), (*keeper)->name));
  say(fmt::format("Destroying what {} keeps for {}... ", (*keeper)->name, member.name));
  const Outcome done = drop_slot(**keeper, member.name);
  say(done ? "done\n" : "failed\n");
  return done;
}

}  // namespace

Outcome destroy(const Request& request) {
  const std::string name = request.value("NAME");
  auto app = app_of_database(name);
  if (!app) return tl::make_unexpected(app.error());
  if (request.value("--confirm") != app->name) {
    return refused(fmt::format("destroying {} removes its cluster with all data", name),
                   fmt::format("if that is meant: pghaulctl destroy {} --confirm {}", name, app->name));
  }
  command::Signals signals;
  auto fleet = Fleet::survey(std::move(*app));
  if (!fleet) return tl::make_unexpected(fleet.error());
  Member& member = **fleet->find(name);
  if (!member.cluster && member.state != Member::State::missing && is_cluster(member.place))
    return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", name, member.reason));
  if (!member.cluster && is_cluster(member.place)) return forget_missing(*fleet, member);
  if (!member.cluster)
    return refused(fmt::format("{} is no cluster that pghaulctl could remove: {}", name, member.place),
                   "remove it where it is");
  if (auto unused = refuse_used(*fleet, member); !unused) return unused;
  const auto keeper = find_keeper(*fleet, name);
  if (!keeper) return tl::make_unexpected(keeper.error());
  Member* const live = *keeper;
  const auto kept = keeps_changes_for(*live, member, *fleet);
  if (!kept) return tl::make_unexpected(kept.error());
  if (auto unneeded = refuse_unknown(*fleet, member); !unneeded) return unneeded;
  if (request.has("--archive")) {
    if (!member.server) return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", name, member.reason));
    if (auto archived = archive(member, request.value("--archive"), signals); !archived) return archived;
  }
  Member* leader = member.follower ? fleet->leader_of(member) : nullptr;
  if (leader == nullptr) leader = live;
  say(fmt::format("Destroying {} on {}... ", name, fleet->app().name));
  member.server.reset();
  Outcome done;
  if (*kept) done = give_up_changes(*live, member, signals);
  if (done) done = stop_left_over(member);
  if (done && member.other) done = drop_cluster(ClusterName::of(*member.other));
  if (done) done = drop_cluster(ClusterName::of(*member.cluster));
  if (done) done = drop_slot(*leader, name);
  say(done ? "done\n" : "failed\n");
  return done;
}

}  // namespace pghaul::platform
