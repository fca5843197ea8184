#include "follow/registration.h"

#include <fmt/format.h>

#include "base/live_schema.h"
#include "postgres/publication.h"
#include "postgres/quote.h"
#include "postgres/replication_slot.h"

namespace pghaul::follow {
namespace {

using postgres::quote;
using postgres::quote_literal;

std::string copies() {
  return quote(kLiveSchema, "copies");
}

/// Nobody is to wait long behind a lock that is waited for here.
constexpr const char* kBegin = "BEGIN; SET LOCAL lock_timeout = '10s'; ";

/// The names of all registrations, as a regular expression.
constexpr const char* kNames = "'^pghaul_live_[0-9]+_[0-9]+(_s)?$'";

constexpr const char* kExists =
    "SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'pghaul_live' AND c.relname = 'copies'";

Result<bool> has_copies(postgres::Connection& source) {
  const Result<postgres::Rows> found = source.query(kExists);
  if (!found) return found.error().during("looking for live copies of the source");
  return found->size() > 0;
}

/// Lists tables by their OIDs; temporary and unlogged ones can't be followed anyway.
constexpr const char* kTables =
    "SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class AS c"
    " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname <> 'information_schema'"
    " AND n.nspname !~ '^(pg_|pghaul_(live|journal))'";

/// Undoes a transaction that failed half-way; the session is of no use otherwise.
Status rolled_back(postgres::Connection& source, const Status& failed, const std::string& what) {
  if (failed) return {};
  [[maybe_unused]] const Status undone = source.execute("ROLLBACK");
  return failed.error().during(what);
}

}  // namespace

std::string registration_name(const std::string& system_identifier, std::uint32_t database_oid) {
  return fmt::format("{}_{}_{}", kLiveSchema, system_identifier, database_oid);
}

/// Leaves room for what is called after a registration: names have 63 bytes at most.
std::string standby_registration_name(const std::string& system_identifier, std::uint32_t database_oid) {
  return registration_name(system_identifier, database_oid) + "_s";
}

/// Knows a table that was made by an earlier pghaul and has no such columns.
Result<std::optional<StandbyRegistration>> find_standby_registration(postgres::Connection& server,
                                                                     const std::string& name) {
  const Result<bool> exists = has_copies(server);
  if (!exists) return fail(exists.error());
  if (!*exists) return std::nullopt;
  const Result<postgres::Rows> rows = server.query(
      "SELECT pg_catalog.to_jsonb(c) ->> 'standby_until',"
      " coalesce((pg_catalog.to_jsonb(c) ->> 'adopted')::boolean, false),"
      " (extract(epoch FROM c.started) * 1000000)::bigint FROM " +
          copies() + " AS c WHERE c.name = $1",
      {name});
  if (!rows) return rows.error().during("looking for what a standby was prepared with");
  if (rows->size() == 0) return std::nullopt;
  StandbyRegistration found{.until = {}, .adopted = rows->boolean(0, 1), .started = rows->string(0, 2)};
  if (!rows->is_null(0, 0)) found.until = parse_lsn(rows->text(0, 0));
  return found;
}

Status set_standby_until(postgres::Connection& source, const std::string& name, Lsn until) {
  const Status set = source.execute(
      fmt::format("BEGIN; SET LOCAL synchronous_commit = local; UPDATE {} SET standby_until = {} WHERE name ="
                  " {}; COMMIT",
                  copies(), quote_literal(lsn_text(until)), quote_literal(name)));
  return rolled_back(source, set, "cannot write where the standby ends its recovery");
}

Status set_adopted(postgres::Connection& source, const std::string& name, const std::string& target) {
  const Status set = source.execute(fmt::format("UPDATE {} SET adopted = true, target = {} WHERE name = {}",
                                                copies(), quote_literal(target), quote_literal(name)));
  if (!set) return set.error().during("cannot write on the source which server is followed into");
  return {};
}

Result<std::string> forget_registrations(postgres::Connection& former_standby) {
  const Result<postgres::Rows> rows = former_standby.query(
      std::string("SELECT pubname FROM pg_catalog.pg_publication WHERE pubname ~ ") + kNames);
  if (!rows) return rows.error().during("looking for publications of the source's live copies");
  std::string sql = fmt::format("DROP SCHEMA IF EXISTS {} CASCADE;", quote(kLiveSchema));
  for (int row = 0; row < rows->size(); ++row) sql += "DROP PUBLICATION " + quote(rows->string(row, 0)) + ";";
  return sql;
}

Result<std::vector<Registration>> find_registrations(postgres::Connection& source) {
  const Result<bool> exists = has_copies(source);
  if (!exists) return fail(exists.error());
  if (!*exists) return std::vector<Registration>();
  const Result<postgres::Rows> rows = source.query(
      "SELECT name, target, pg_catalog.to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
      " FROM " +
      copies() + " ORDER BY started, name");
  if (!rows) return rows.error().during("listing the live copies of the source");
  std::vector<Registration> all;
  for (int row = 0; row < rows->size(); ++row) {
    all.push_back({rows->string(row, 0), rows->string(row, 1), rows->string(row, 2)});
  }
  return all;
}

Result<int> read_turn(postgres::Connection& source, const std::string& name) {
  const Result<bool> exists = has_copies(source);
  if (!exists) return fail(exists.error());
  if (!*exists) return 0;
  const Result<postgres::Rows> rows = source.query("SELECT " + turn_query(name));
  if (!rows) return rows.error().during("asking which server was closed last");
  return static_cast<int>(rows->integer(0, 0));
}

/// Knows a table that was made by an earlier pghaul and has no such column.
std::string turn_query(const std::string& name) {
  return fmt::format(
      "coalesce((SELECT (pg_catalog.to_jsonb(c) ->> 'turn')::int FROM {} AS c WHERE c.name = {}), 0)",
      copies(), quote_literal(name));
}

std::string set_turn(const std::string& name, int turn) {
  return fmt::format("UPDATE {} SET turn = {} WHERE name = {}", copies(), turn, quote_literal(name));
}

Result<std::vector<std::string>> find_remains(postgres::Connection& source) {
  const Result<bool> exists = has_copies(source);
  if (!exists) return fail(exists.error());
  const std::string unlisted = *exists ? " AND name NOT IN (SELECT c.name FROM " + copies() + " AS c)" : "";
  const Result<postgres::Rows> rows = source.query(
      "SELECT name FROM (SELECT slot_name::text AS name FROM pg_catalog.pg_replication_slots"
      " WHERE database = pg_catalog.current_database()"
      " UNION SELECT pubname::text FROM pg_catalog.pg_publication) AS found"
      " WHERE name ~ " +
      std::string(kNames) + unlisted + " ORDER BY 1");
  if (!rows) return rows.error().during("looking for remains of live copies on the source");
  std::vector<std::string> all;
  for (int row = 0; row < rows->size(); ++row) all.push_back(rows->string(row, 0));
  return all;
}

/// Knows a registration that was made by an earlier pghaul and does not say which tables it left out.
Result<std::string> list_new_tables(postgres::Connection& source, const std::string& name) {
  const Result<postgres::Rows> rows = source.query(fmt::format(
      "SELECT coalesce(pg_catalog.string_agg(pg_catalog.format('%I.%I', t.nspname, t.relname), ', '"
      " ORDER BY t.nspname, t.relname), '') FROM ({0}) AS t, {1} AS c WHERE c.name = {2}"
      " AND t.oid::text <> ALL (ARRAY(SELECT pg_catalog.jsonb_array_elements_text(coalesce("
      "nullif(pg_catalog.to_jsonb(c) -> 'unfollowed', 'null'), pg_catalog.to_jsonb(c) -> 'known_tables'))))"
      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_publication_tables AS p"
      "  WHERE p.pubname = c.name AND p.schemaname = t.nspname AND p.tablename = t.relname)",
      kTables, copies(), postgres::quote_literal(name)));
  if (!rows) return rows.error().during("looking for new tables of the source");
  return rows->size() == 0 ? std::string() : rows->string(0, 0);
}

Status create_registration(postgres::Connection& source, const Registration& registration,
                           const std::vector<std::string>& tables) {
  std::vector<std::string> published = tables;
  published.push_back(copies());
  const Status created = source.execute(fmt::format(
      "{0}CREATE SCHEMA IF NOT EXISTS {1};"
      "COMMENT ON SCHEMA {1} IS 'live copies by pghaul: pghaul abandon SOURCE TARGET removes one';"
      "CREATE TABLE IF NOT EXISTS {2} (name text PRIMARY KEY, target text NOT NULL,"
      " started timestamptz NOT NULL DEFAULT pg_catalog.now(), known_tables oid[] NOT NULL, marker text,"
      " turn int NOT NULL DEFAULT 0);"
      "ALTER TABLE {2} ADD COLUMN IF NOT EXISTS turn int NOT NULL DEFAULT 0;"
      "ALTER TABLE {2} ADD COLUMN IF NOT EXISTS unfollowed oid[];"
      "ALTER TABLE {2} ADD COLUMN IF NOT EXISTS standby_until pg_lsn;"
      "ALTER TABLE {2} ADD COLUMN IF NOT EXISTS adopted boolean NOT NULL DEFAULT false;"
      "{5}; INSERT INTO {2} (name, target, known_tables, unfollowed) VALUES ({3}, {4},"
      " ARRAY(SELECT t.oid FROM ({6}) AS t), ARRAY(SELECT t.oid FROM ({6}) AS t WHERE NOT EXISTS"
      " (SELECT FROM pg_catalog.pg_publication_tables AS p WHERE p.pubname = {3}"
      "  AND p.schemaname = t.nspname AND p.tablename = t.relname))); COMMIT",
      kBegin, quote(kLiveSchema), copies(), quote_literal(registration.name),
      quote_literal(registration.target), postgres::create_publication(registration.name, published),
      kTables));
  return rolled_back(source, created, "cannot make the publication of the live copy on the source");
}

Status drop_registration(postgres::Connection& source, postgres::Connection& replication,
                         const std::string& name, const std::stop_token& stop) {
  if (Status dropped = postgres::drop_slot(replication, name, stop); !dropped) return dropped;
  const Result<bool> exists = has_copies(source);
  if (!exists) return fail(exists.error());
  const std::string forget =
      *exists ? fmt::format(
                    "DELETE FROM {0} WHERE name = {1};"
                    "DO $$BEGIN IF NOT EXISTS (SELECT FROM {0}) THEN DROP SCHEMA {2} CASCADE; END IF; "
                    "END$$;",
                    copies(), quote_literal(name), quote(kLiveSchema))
              : "";
  const Status dropped =
      source.execute(fmt::format("{}DROP PUBLICATION IF EXISTS {}; {} COMMIT", kBegin, quote(name), forget));
  return rolled_back(source, dropped, "cannot remove what the live copy keeps on the source");
}

}  // namespace pghaul::follow
