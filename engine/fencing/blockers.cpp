#include "fencing/blockers.h"

#include <fmt/format.h>

#include "base/live_schema.h"
#include "postgres/quote.h"

namespace pghaul::fencing {
namespace {

/// Describes a row `a` of pg_stat_activity, of which other roles' have little to see.
constexpr const char* kText =
    "'session ' || a.pid || ' of ' || coalesce('role ' || a.usename, a.backend_type, 'another role')"
    " || CASE WHEN a.application_name <> '' THEN ', application ' || a.application_name ELSE '' END"
    " || coalesce(', in its transaction for ' || pg_catalog.round(pg_catalog.date_part('epoch',"
    " pg_catalog.clock_timestamp() - a.xact_start)::numeric, 1) || ' s', '') || ', '"
    " || coalesce(a.state, 'active') || coalesce(': '"
    " || pg_catalog.left(pg_catalog.regexp_replace(a.query, '\\s+', ' ', 'g'), 100), '')";

std::vector<Blocker> blockers_of(const postgres::Rows& rows) {
  std::vector<Blocker> all;
  for (int row = 0; row < rows.size(); ++row) {
    all.push_back(
        {.session = rows.integer(row, 0), .is_client = rows.boolean(row, 1), .text = rows.string(row, 2)});
  }
  return all;
}

/// Lists sessions that wait for a table in a mode behind which all others wait, where `condition` on row `a`
/// of pg_stat_activity holds.
Result<std::vector<Blocker>> waiting_ddl(postgres::Connection& server, const std::string& condition) {
  const Result<postgres::Rows> rows = server.query(fmt::format(
      "SELECT a.pid, coalesce(a.backend_type = 'client backend', false), {}"
      " FROM pg_catalog.pg_stat_activity AS a WHERE a.pid IN (SELECT l.pid FROM pg_catalog.pg_locks AS l"
      "  WHERE NOT l.granted AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock')"
      " AND {} ORDER BY a.pid LIMIT 5",
      kText, condition));
  if (!rows) return rows.error().during("looking for sessions that wait");
  return blockers_of(*rows);
}

}  // namespace

Result<std::vector<Blocker>> find_blockers(postgres::Connection& server,
                                           const std::vector<std::uint32_t>& relations, double seconds,
                                           const std::vector<std::int64_t>& own) {
  const Result<postgres::Rows> rows = server.query(
      fmt::format("SELECT a.pid, a.backend_type = 'client backend', {} FROM pg_catalog.pg_stat_activity AS a"
                  " WHERE a.pid <> ALL ('{{{}}}'::int[]) AND a.xact_start < pg_catalog.clock_timestamp() - "
                  "interval '{} s'"
                  " AND EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.pid = a.pid AND l.granted"
                  "  AND l.locktype = 'relation' AND l.relation = ANY ('{{{}}}'::oid[]) AND l.mode NOT IN"
                  "  ('AccessShareLock', 'RowShareLock')"
                  "  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
                  "pg_catalog.current_database()))"
                  " ORDER BY a.xact_start LIMIT 5",
                  kText, fmt::join(own, ","), seconds, fmt::join(relations, ",")));
  if (!rows) return rows.error().during("looking for sessions that stand in the way");
  return blockers_of(*rows);
}

std::string listed(const std::vector<Blocker>& blockers) {
  std::string all;
  for (const Blocker& blocker : blockers) all += (all.empty() ? "" : "; ") + blocker.text;
  return all;
}

Result<std::vector<std::string>> find_prepared(postgres::Connection& server) {
  const Result<postgres::Rows> rows = server.query(
      "SELECT 'prepared transaction ' || pg_catalog.quote_literal(gid) || ' of role ' || owner || ', since '"
      " || prepared::timestamptz(0) FROM pg_catalog.pg_prepared_xacts"
      " WHERE database = pg_catalog.current_database() ORDER BY prepared LIMIT 5");
  if (!rows) return rows.error().during("looking for prepared transactions");
  std::vector<std::string> all;
  for (int row = 0; row < rows->size(); ++row) all.push_back(rows->string(row, 0));
  return all;
}

Status end_blockers(postgres::Connection& server, const std::vector<Blocker>& blockers) {
  for (const Blocker& blocker : blockers) {
    if (!blocker.is_client) continue;
    const Status ended =
        server.execute(fmt::format("SELECT pg_catalog.pg_terminate_backend({})", blocker.session));
    if (!ended) return ended.error().during("cannot end " + blocker.text);
  }
  return {};
}

Result<std::string> find_queued_ddl(postgres::Connection& server, std::int64_t session) {
  const Result<std::vector<Blocker>> waiting =
      waiting_ddl(server, fmt::format("{} = ANY (pg_catalog.pg_blocking_pids(a.pid))", session));
  if (!waiting) return fail(waiting.error());
  return waiting->empty() ? std::string() : waiting->front().text;
}

/// Its transaction's number stands in the row as the one that ends it.
Result<std::string> find_deciding(postgres::Connection& server, const std::string& name) {
  const Result<postgres::Rows> rows = server.query(fmt::format(
      "SELECT {} || CASE WHEN a.wait_event = 'SyncRep' THEN ', which waits for a synchronous standby'"
      " ELSE '' END FROM {} AS c JOIN pg_catalog.pg_locks AS l ON l.locktype = 'transactionid'"
      " AND l.granted AND l.transactionid = c.xmax JOIN pg_catalog.pg_stat_activity AS a"
      " ON a.pid = l.pid WHERE c.name = {}",
      kText, postgres::quote(kLiveSchema, "copies"), postgres::quote_literal(name)));
  if (!rows) return rows.error().during("looking for the session that decides");
  return rows->size() == 0 ? std::string() : rows->string(0, 0);
}

Result<std::vector<Blocker>> find_waiting_ddl(postgres::Connection& server) {
  return waiting_ddl(
      server,
      "EXISTS (SELECT FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(a.pid)) AS blocking (pid)"
      " JOIN pg_catalog.pg_stat_activity AS b ON b.pid = blocking.pid,"
      " pg_catalog.current_setting('application_name') AS own (name)"
      " WHERE b.application_name LIKE 'pghaul%' OR (own.name <> ''"
      " AND pg_catalog.left(b.application_name, pg_catalog.length(own.name)) = own.name))");
}

}  // namespace pghaul::fencing
