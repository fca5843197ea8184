#include "live/way_back.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/live_schema.h"
#include "catalog/read_catalog.h"
#include "follow/registration.h"
#include "follow/status.h"
#include "follow/unproved_tables.h"
#include "journal/journal.h"
#include "live/barrier_server.h"
#include "live/replication_setup.h"
#include "live/session.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/publication.h"
#include "postgres/quote.h"
#include "postgres/replication_connection.h"
#include "postgres/replication_slot.h"

namespace pghaul::live {
namespace {

using postgres::Side;

/// Lists the tables of a registration, by quoted names in one text each.
Result<std::vector<std::string>> read_published(postgres::Connection& source, const std::string& name) {
  const Result<postgres::Rows> rows = source.query(
      "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_publication AS p"
      " JOIN pg_catalog.pg_publication_rel AS r ON r.prpubid = p.oid"
      " JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
      " WHERE p.pubname = $1 AND n.nspname <> $2 ORDER BY 1",
      {name, kLiveSchema});
  if (!rows) return rows.error().during("listing the tables that the live copy follows");
  std::vector<std::string> tables;
  for (int row = 0; row < rows->size(); ++row) tables.push_back(rows->string(row, 0));
  return tables;
}

/// Returns the tables of another server as this one can publish them: partitioned ones by their roots, so
/// that later partitions are not missed, or, where the version can't, by their leaves.
Result<std::vector<std::string>> as_published_here(postgres::Connection& here,
                                                   const std::vector<std::string>& tables) {
  std::string listed;
  for (const std::string& table : tables)
    listed += (listed.empty() ? "" : ", ") + postgres::quote_literal(table);
  const std::string given =
      "SELECT pg_catalog.to_regclass(t)::pg_catalog.oid AS oid"
      " FROM pg_catalog.unnest(ARRAY[" +
      listed + "]::text[]) AS t";
  const std::string oids =
      here.version() >= postgres::kPublishesPartitioned
          ? "SELECT DISTINCT coalesce(pg_catalog.pg_partition_root(g.oid), g.oid) AS oid FROM (" + given +
                ") AS g"
          : "WITH RECURSIVE tree AS (" + given +
                " UNION SELECT i.inhrelid FROM tree JOIN pg_catalog.pg_class AS p ON p.oid = tree.oid"
                " AND p.relkind = 'p' JOIN pg_catalog.pg_inherits AS i ON i.inhparent = p.oid)"
                " SELECT tree.oid FROM tree JOIN pg_catalog.pg_class AS c ON c.oid = tree.oid"
                " AND c.relkind = 'r'";
  const Result<postgres::Rows> rows =
      here.query("SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM (" + oids +
                 ") AS o JOIN pg_catalog.pg_class AS c ON c.oid = o.oid"
                 " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace ORDER BY 1");
  if (!rows) return rows.error().during("listing the tables of the way back");
  std::vector<std::string> all;
  for (int row = 0; row < rows->size(); ++row) all.push_back(rows->string(row, 0));
  return all;
}

Result<postgres::Connection> open_replication(const discovery::Endpoint& end, const std::stop_token& stop) {
  const Result<postgres::ConnectionString> server = end.connection_string();
  if (!server) return fail(server.error());
  return postgres::open_for_replication(*server, Side::target, {}, stop);
}

/// Makes row and publication unless a switchover before has.
Status ensure_registration(postgres::Connection& source, postgres::Connection& target,
                           const LiveTurns& turns) {
  const Result<std::vector<follow::Registration>> all = follow::find_registrations(target);
  if (!all) return fail(all.error());
  for (const follow::Registration& one : *all) {
    if (one.name == turns.back) return {};
  }
  const Result<std::vector<std::string>> followed = read_published(source, turns.forward);
  if (!followed) return fail(followed.error());
  const Result<std::vector<std::string>> tables = as_published_here(target, *followed);
  if (!tables) return fail(tables.error());
  return follow::create_registration(target, {.name = turns.back, .target = source.describe(), .started = {}},
                                     *tables);
}

/// Ends the session of the pghaul that reads from the slot since an earlier switchover closed this server.
Status end_late_write_watch(postgres::Connection& server, const std::string& slot) {
  const Result<postgres::Rows> ended = server.query(
      "SELECT pg_catalog.pg_terminate_backend(active_pid) FROM pg_catalog.pg_replication_slots"
      " WHERE slot_name = $1 AND active_pid IS NOT NULL",
      {slot});
  if (!ended) return ended.error().during("ending the watch for late writes");
  return {};
}

}  // namespace

Result<LiveTurns> read_turns(postgres::Connection& source, postgres::Connection& target) {
  const Result<catalog::Server> at_source = catalog::read_server(source);
  if (!at_source) return at_source.error().during("looking at the source");
  const Result<catalog::Server> at_target = catalog::read_server(target);
  if (!at_target) return at_target.error().during("looking at the target");
  const Result<std::string> forward = live_name(target, *at_target);
  if (!forward) return fail(forward.error());
  const Result<std::string> back = live_name(source, *at_source);
  if (!back) return fail(back.error());
  LiveTurns turns{.forward = *forward, .back = *back};
  const Result<int> of_source = follow::read_turn(source, turns.forward);
  if (!of_source) return fail(of_source.error());
  const Result<int> of_target = follow::read_turn(target, turns.back);
  if (!of_target) return fail(of_target.error());
  turns.source = *of_source;
  turns.target = *of_target;
  return turns;
}

Result<std::string> follower_schema(postgres::Connection& end) {
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(end);
  if (!journal) return fail(journal.error());
  return *journal && (*journal)->header().is_live() ? (*journal)->schema() : std::string(kLiveSchema);
}

Result<WayBack> WayBack::prepare(const discovery::Endpoints& ends, const std::stop_token& stop) {
  Result<postgres::Connection> source = open_session(*ends.source, Side::source, stop);
  if (!source) return fail(source.error());
  Result<postgres::Connection> target = open_session(*ends.target, Side::target, stop);
  if (!target) return fail(target.error());
  Result<postgres::Connection> replication = open_replication(*ends.target, stop);
  if (!replication) return fail(replication.error());
  const Result<LiveTurns> turns = read_turns(*source, *target);
  if (!turns) return fail(turns.error());
  const Result<std::string> schema = follower_schema(*source);
  if (!schema) return fail(schema.error());
  follow::ProgressTable table(*schema);
  Status created = table.create(*source);
  // Before the decision: a comparison after it finds no table that is altered.
  if (created) created = follow::StatusTable(*schema).create(*source);
  if (created) created = BarrierTable(*schema).create(*source);
  if (created) created = follow::UnprovedTables(*schema, turns->back).create(*source);
  if (!created) return fail(created.error());
  const std::string doing = "preparing the way back";
  if (const Status made = ensure_registration(*source, *target, *turns); !made)
    return made.error().during(doing);
  if (const Status ended = end_late_write_watch(*target, turns->back); !ended)
    return ended.error().during(doing);
  const Result<postgres::SystemIdentity> identity = postgres::identify_system(*replication);
  if (!identity) return identity.error().during(doing);
  if (const Status dropped = postgres::drop_slot(*replication, turns->back, stop); !dropped)
    return dropped.error().during(doing);
  const Result<Lsn> slot = postgres::create_slot(*replication, turns->back, {}, stop);
  if (!slot) return slot.error().during(doing);
  return WayBack(std::move(table), turns->back, identity->system_identifier);
}

Status WayBack::drop(const discovery::Endpoints& ends, const std::stop_token& stop) {
  Result<postgres::Connection> source = open_session(*ends.source, Side::source, stop);
  if (!source) return fail(source.error());
  const Result<catalog::Server> server = catalog::read_server(*source);
  if (!server) return server.error().during("looking at the source");
  const Result<std::string> back = live_name(*source, *server);
  if (!back) return fail(back.error());
  return drop_live_slot(*ends.target, *back, stop);
}

Status WayBack::forget(postgres::Connection& target, const discovery::Endpoint& end, const std::string& back,
                       const std::stop_token& stop) {
  const Result<std::vector<follow::Registration>> all = follow::find_registrations(target);
  if (!all) return fail(all.error());
  const auto found = std::ranges::find(*all, back, &follow::Registration::name);
  return found == all->end() ? Status() : unregister_live_copy(end, back, stop);
}

/// The position lies behind all that was confirmed as durable: that reached the disk earlier.
Result<std::string> WayBack::start_here(postgres::Connection& target) const {
  const Result<postgres::Rows> rows = target.query(
      "SELECT pg_catalog.pg_current_wal_flush_lsn()::text, EXISTS"
      " (SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = $1)",
      {slot_});
  if (!rows) return rows.error().during("asking where the way back begins");
  if (!rows->boolean(0, 1)) {
    return fail(ErrorCode::refused, "replication slot " + slot_ + " of the way back is gone",
                "wait until pghaul status says that the live copy has turned round, then try again");
  }
  const std::optional<Lsn> position = parse_lsn(rows->text(0, 0));
  if (!position) return fail(ErrorCode::server_error, "the target does not say how far its WAL goes");
  return table_.set(follow::Progress::at(*position, slot_, system_identifier_));
}

}  // namespace pghaul::live
