#include "live_remains.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "boundary.h"
#include "cluster_tools.h"
#include "engine_job.h"
#include "follower.h"
#include "host.h"

namespace pghaul::platform {
namespace {

constexpr const char* kOfStandby = "_s";  // ends the names of live copies into former standbys

/// Lists what the live copies of a database are called, also where nothing but the slot or publication is
/// left.
Result<Rows> list_live_copies(Server& server) {
  return server.query(
      "SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE database = pg_catalog.current_database() "
      "AND slot_name ~ '^pghaul_live_[0-9]+_[0-9]+(_s)?$' UNION SELECT pubname FROM "
      "pg_catalog.pg_publication "
      "WHERE pubname ~ '^pghaul_live_[0-9]+_[0-9]+(_s)?$' ORDER BY 1");
}

Result<bool> has_table(Server& server, const std::string& name) {
  const auto found =
      server.query(fmt::format("SELECT pg_catalog.to_regclass({}) IS NOT NULL", server.literal(name)));
  if (!found) return tl::make_unexpected(found.error());
  return found->front()[0] == "t";
}

Result<bool> yields_rows(Server& server, const std::string& table, const std::string& condition) {
  const auto exists = has_table(server, table);
  if (!exists || !*exists) return exists;
  const auto rows = server.query(fmt::format("SELECT FROM {} WHERE {} LIMIT 1", table, condition));
  if (!rows) return tl::make_unexpected(rows.error());
  return !rows->empty();
}

/// How surely the slot of a follower that is converted is kept for a database.
enum class Claim { none, possible, sure };

/// A paused follower may be about to leave; one that left at another moment is of no use for the changes.
Result<Claim> claim_of_follower(Member& follower, const std::optional<std::string>& boundary) {
  const auto leaving = is_leaving(follower);
  if (!leaving) return tl::make_unexpected(leaving.error());
  if (*leaving) return boundary && check_leaving(follower, *boundary) ? Claim::sure : Claim::possible;
  const auto paused = follower.server->query("SELECT pg_catalog.pg_is_wal_replay_paused()");
  if (!paused) return tl::make_unexpected(paused.error());
  return paused->front()[0] == "t" ? Claim::possible : Claim::none;
}

/// pg_upgrade leaves no history of the time before it, so that only the one who follows already is sure then.
Result<Claim> claim_of(Member& live, Member& member, const std::string& slot) {
  const auto boundary = read_boundary(live);
  if (!boundary) return tl::make_unexpected(boundary.error());
  if (member.follower) return claim_of_follower(member, *boundary);
  const auto adopted = yields_rows(*member.server, "pghaul_journal.job", "options ->> 'filled-at' <> ''");
  if (!adopted) return tl::make_unexpected(adopted.error());
  if (*adopted) return Claim::sure;
  const auto replayed =
      yields_rows(*member.server, "pghaul_live.copies", "name = " + member.server->literal(slot));
  if (!replayed) return tl::make_unexpected(replayed.error());
  if (!*replayed) return Claim::none;
  return *boundary && check_left_at(member, **boundary, live.name) ? Claim::sure : Claim::possible;
}

/// Tells whether a database can't be asked, and may have been a follower.
bool may_have_left(const Member& member) {
  return !member.server && !member.unfinished && (member.cluster || member.is_unasked());
}

tl::unexpected<Failure> may_be_of_another(const Member& live, const Member& member, const Member& other,
                                          const std::string& slot) {
  const std::string reason = other.server ? "" : ", which can't be asked: " + other.reason;
  return refused(
      fmt::format("{} keeps its WAL in the slot {}, which may be for {}, or for {}{}", live.name, slot,
                  member.name, other.name, reason),
      fmt::format("{}; if the slot is for {}, pghaul abandon SOURCE TARGET gives it up; then run "
                  "it again",
                  member.follower
                      ? "if it isn't, let it replay: SELECT pg_wal_replay_resume() on " + member.name
                      : "if it isn't, finish the changeover to " + other.name + " first",
                  member.name));
}

/// Tells whether it is, or was, a follower for which the live database keeps this slot.
///
/// Errors  it may be, and so may another one.
Result<bool> is_kept_for(Member& live, Member& member, Fleet& fleet, const std::string& slot) {
  const auto claim = claim_of(live, member, slot);
  if (!claim) return tl::make_unexpected(claim.error());
  if (*claim != Claim::possible) return *claim == Claim::sure;
  const Member* rival = nullptr;
  for (Member& other : fleet.members()) {
    if (&other == &live || &other == &member) continue;
    if (may_have_left(other)) rival = &other;
    if (!other.server) continue;
    const auto others = claim_of(live, other, slot);
    if (!others) return tl::make_unexpected(others.error());
    if (*others == Claim::sure) return false;
    if (*others == Claim::possible) rival = &other;
  }
  if (rival != nullptr) return may_be_of_another(live, member, *rival, slot);
  return true;
}

/// Tells whether pg_upgrade was interrupted in a follower that had left its leader: nothing else that would
/// be converted is known there.
Result<bool> is_half_converted(Member& live, const Member& member, std::size_t live_copies) {
  if (!member.other || live_copies != 1) return false;
  const auto waiting = read_waiting_boundary(live);
  if (!waiting) return tl::make_unexpected(waiting.error());
  if (!*waiting) return false;
  return have_files_moved(*member.cluster);
}

/// Names the live copy that fills this database by a copy of the rows.
Result<std::string> name_of_copy(Member& member) {
  const auto database = member.server->query(
      "SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()");
  if (!database) return tl::make_unexpected(database.error());
  return fmt::format("pghaul_live_{}_{}", member.system, database->front()[0]);
}

/// Refuses the former end of a switchover: the live one keeps its WAL for it, and says so in its journal.
Outcome refuse_way_back(Member& live, Member& member, const App& app) {
  const auto journal = has_table(*live.server, "pghaul_journal.job");
  if (!journal) return tl::make_unexpected(journal.error());
  const auto registered = has_table(*member.server, "pghaul_live.copies");
  if (!registered) return tl::make_unexpected(registered.error());
  if (!*journal || !*registered) return {};
  return refused(
      fmt::format("{} keeps its WAL for {}, to which the application can go back", live.name, member.name),
      fmt::format("pghaulctl changeover {} finish gives that up; then run it again", app.name));
}

tl::unexpected<Failure> may_be_its(const Member& live, const Member& member, const std::string& live_copy) {
  const ClusterName cluster = ClusterName::of(*member.cluster);
  return refused(
      fmt::format("{} keeps its WAL in the slot {}, which may be for {}, and that can't be asked: {}",
                  live.name, live_copy, member.name, member.reason),
      fmt::format("start it (pg_ctlcluster {} {} start); if it doesn't start, and nothing else follows {}, "
                  "pghaul abandon SOURCE TARGET gives that up; then run it again",
                  cluster.version, cluster.name, live.name));
}

}  // namespace

Result<bool> keeps_changes_for(Member& live, Member& member, Fleet& fleet) {
  if (member.server) {
    if (auto allowed = refuse_way_back(live, member, fleet.app()); !allowed)
      return tl::make_unexpected(allowed.error());
  }
  const auto names = list_live_copies(*live.server);
  if (!names) return tl::make_unexpected(names.error());
  if (names->empty()) return false;
  if (!member.server) {
    const auto finished = is_finished(*member.cluster);
    if (!finished || !*finished) return finished;
    const auto half = is_half_converted(live, member, names->size());
    if (!half || *half) return half;
    return may_be_its(live, member, names->front()[0]);
  }
  const auto copy = name_of_copy(member);
  if (!copy) return tl::make_unexpected(copy.error());
  for (const auto& name : *names) {
    if (name[0] == *copy && !member.follower) return true;
    if (!name[0].ends_with(kOfStandby)) continue;
    const auto kept = is_kept_for(live, member, fleet, name[0]);
    if (!kept || *kept) return kept;
  }
  return false;
}

Outcome give_up_changes(const Member& live, const Member& member, command::Signals& signals) {
  EngineRun run = between(live, member);
  run.signals = &signals;
  const EngineResult done = run_engine(run, command::Verb::abandon);
  if (done.message.empty()) return {};
  return failed(done.status, done.message, done.hint);
}

}  // namespace pghaul::platform
