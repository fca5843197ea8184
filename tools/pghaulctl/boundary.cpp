#include "boundary.h"

#include <fmt/format.h>

#include "cluster_tools.h"
#include "follower.h"
#include "host.h"

namespace pghaul::platform {
namespace {

constexpr int kOldestFollowed = 120000;  // by a file standby.signal
constexpr const char* kAtSource = "_s";  // ends the names of registrations of former standbys

/// Looks for what pghaul writes into a database where a standby is prepared. A follower gets it by replay.
Result<bool> has_registrations(Server& server) {
  const auto found = server.query(
      "SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('pghaul_live.copies') AND "
      "attname = 'standby_until'");
  if (!found) return tl::make_unexpected(found.error());
  return !found->empty();
}

/// Looks for a journal that says it was a follower until a moment of its leader's.
Result<bool> is_adopted(Server& server) {
  const auto found = server.query(
      "SELECT FROM pg_catalog.pg_class WHERE oid = "
      "pg_catalog.to_regclass('pghaul_journal.job')");
  if (!found) return tl::make_unexpected(found.error());
  if (found->empty()) return false;
  const auto filled = server.query("SELECT FROM pghaul_journal.job WHERE options ->> 'filled-at' <> ''");
  if (!filled) return tl::make_unexpected(filled.error());
  return !filled->empty();
}

/// Names a database of the cluster that pghaul would not follow.
Result<std::string> other_database(const Changeover& all, Server& server) {
  const auto other = server.query(
      "SELECT datname FROM pg_catalog.pg_database WHERE NOT datistemplate AND datname NOT IN ('postgres', " +
      server.literal(all.app.database) + ") ORDER BY 1");
  if (!other) return tl::make_unexpected(other.error());
  return other->empty() ? std::string() : other->front()[0];
}

Result<bool> is_standby(const Cluster& cluster) {
  return Host::reached_by(cluster.host).exists(cluster.data_folder + "/standby.signal");
}

/// Says why no follower can be made there; empty: it can, or is there.
Result<std::string> why_no_follower(Changeover& all) {
  if (all.target().cluster) return std::string();
  const Outcome possible = check_follower(all.source(), all.target());
  if (possible) return std::string();
  if (possible.error().status == PGHAUL_EXIT_UNREACHABLE) return tl::make_unexpected(possible.error());
  return possible.error().message;
}

/// What the live database says of the standby that was prepared last.
struct Preparation {
  std::string name;
  std::string until;
  std::string started;  // as every version reads it
  bool adopted = false;
};

Result<std::optional<Preparation>> read_preparation(Member& live) {
  const auto there = has_registrations(*live.server);
  if (!there) return tl::make_unexpected(there.error());
  if (!*there) return std::nullopt;
  const auto rows = live.server->query(
      fmt::format("SELECT name, standby_until, pg_catalog.to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD "
                  "HH24:MI:SS.US') || '+00', adopted FROM pghaul_live.copies WHERE pg_catalog.right(name, 2) "
                  "= '{}' AND standby_until IS NOT NULL ORDER BY started DESC LIMIT 1",
                  kAtSource));
  if (!rows) return tl::make_unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  const auto& row = rows->front();
  return Preparation{row[0], row[1], row[2], row[3] == "t"};
}

/// Says what an interrupted conversion needs before the same command can go on.
tl::unexpected<Failure> interrupted(const Changeover& all, Member& next, const std::string& until) {
  const std::string what =
      fmt::format("a conversion of {} was interrupted: {} keeps its WAL for it from {} on, and {}", all.to,
                  all.from, until,
                  next.server ? all.to + " is not the follower that has left it there"
                              : fmt::format("{} can't be asked: {}", next.cluster_text(), next.reason));
  if (next.server)
    return refused(what, "pghaul abandon SOURCE TARGET gives that up (if it finds nothing to abandon, stop " +
                             all.to + " meanwhile); then run it again");
  return refused(what, "start the cluster that was converted (pg_ctlcluster), and run it again");
}

}  // namespace

Result<std::optional<std::string>> read_boundary(Member& live) {
  return read_preparation(live).map([](const std::optional<Preparation>& found) {
    return found ? std::optional(found->until) : std::nullopt;
  });
}

Result<std::optional<std::string>> read_waiting_boundary(Member& live) {
  return read_preparation(live).map([](const std::optional<Preparation>& found) {
    return found && !found->adopted ? std::optional(found->until) : std::nullopt;
  });
}

Result<bool> is_prepared(Member& live) {
  const auto slot = live.server->query(
      fmt::format("SELECT FROM pg_catalog.pg_replication_slots WHERE database = pg_catalog.current_database()"
                  " AND slot_name ~ '^pghaul_live_[0-9]+_[0-9]+{}$'",
                  kAtSource));
  if (!slot) return tl::make_unexpected(slot.error());
  if (!slot->empty()) return true;
  const auto there = has_registrations(*live.server);
  if (!there || !*there) return there;
  const auto row = live.server->query(fmt::format(
      "SELECT FROM pghaul_live.copies WHERE pg_catalog.right(name, 2) = '{}' AND NOT adopted", kAtSource));
  if (!row) return tl::make_unexpected(row.error());
  return !row->empty();
}

Result<bool> has_left(Changeover& all) {
  Member& next = all.target();
  if (!all.live || !next.server || next.follower) return false;
  const auto adopted = is_adopted(*next.server);
  if (!adopted || *adopted) return adopted;
  const auto prepared = read_preparation(all.source());
  if (!prepared) return tl::make_unexpected(prepared.error());
  if (!*prepared) return false;
  const auto replayed = has_registrations(*next.server);
  if (!replayed || !*replayed) return replayed;
  Server& server = *next.server;
  const auto row = server.query(fmt::format(
      "SELECT FROM pghaul_live.copies WHERE name = {} AND started = {}::pg_catalog.timestamptz AND "
      "standby_until IS NULL",
      server.literal((*prepared)->name), server.literal((*prepared)->started)));
  if (!row) return tl::make_unexpected(row.error());
  return !row->empty();
}

Result<std::string> why_copied(Changeover& all) {
  Member& live = all.source();
  Member& next = all.target();
  if (!live.cluster || !is_cluster(next.place)) return std::string("both have to be clusters");
  const auto left = has_left(all);
  if (!left) return tl::make_unexpected(left.error());
  if (*left) return std::string();
  const auto waiting = read_waiting_boundary(live);
  if (!waiting) return tl::make_unexpected(waiting.error());
  if (*waiting && next.cluster && !next.follower) return interrupted(all, next, **waiting);
  if (next.cluster && !next.follower) {
    const auto follows = is_standby(*next.cluster);
    if (!follows) return tl::make_unexpected(follows.error());
    if (!*follows) return fmt::format("{} is a cluster of its own", all.to);
  }
  if (live.server->version() < kOldestFollowed)
    return fmt::format("{} is too old to have a follower", all.from);
  if (std::stoi(all.version) < std::stoi(live.cluster->version))
    return fmt::format("{} is of a newer version", all.from);
  const auto other = other_database(all, *live.server);
  if (!other) return tl::make_unexpected(other.error());
  if (!other->empty()) return fmt::format("the cluster of {} holds another database: {}", all.from, *other);
  return why_no_follower(all);
}

}  // namespace pghaul::platform
