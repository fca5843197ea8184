#include "follow/source_facts.h"

namespace pghaul::follow {
namespace {

/// Reads what is one row. A superuser may do everything; max_slot_wal_keep_size is of PostgreSQL 13.
/// Source  Amazon RDS, user guide: its servers let members of rds_replication replicate.
constexpr const char* kServer =
    "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('wal_level'),"
    " r.rolreplication OR r.rolsuper OR EXISTS (SELECT FROM pg_catalog.pg_roles AS rds"
    "  WHERE rds.rolname = 'rds_replication' AND pg_catalog.pg_has_role(rds.oid, 'USAGE')),"
    " pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'),"
    " pg_catalog.current_setting('max_replication_slots')::int"
    "  - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots),"
    " pg_catalog.current_setting('max_wal_senders')::int"
    "  - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication),"
    " (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size'),"
    " (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class AS c"
    "  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind = 'S'"
    "  AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|information_schema$|pghaul_(live|journal))'),"
    " pg_catalog.current_setting('max_locks_per_transaction')::bigint"
    "  * pg_catalog.current_setting('max_connections')::bigint / 2"
    " FROM pg_catalog.pg_roles AS r WHERE r.rolname = CURRENT_USER";

constexpr const char* kPrepared =
    "SELECT pg_catalog.quote_literal(gid) || ' of ' || prepared::timestamptz(0) FROM "
    "pg_catalog.pg_prepared_xacts"
    " ORDER BY prepared LIMIT 20";

constexpr const char* kWriters =
    "SELECT 'session ' || pid || ' of role ' || coalesce(usename, '?') || ', writing since '"
    " || xact_start::timestamptz(0) FROM pg_catalog.pg_stat_activity"
    " WHERE backend_xid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()"
    " AND xact_start < pg_catalog.clock_timestamp() - interval '30 s' ORDER BY xact_start LIMIT 20";

constexpr const char* kSubscriptions =
    "SELECT DISTINCT subname::text FROM pg_catalog.pg_stat_subscription AS s"
    " WHERE s.pid IS NOT NULL AND EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a"
    "  WHERE a.pid = s.pid AND a.datname = pg_catalog.current_database()) ORDER BY 1";

/// Lists those that may fire for what a live copy and a switchover do on the source.
constexpr const char* kEventTriggers =
    "SELECT evtname::text FROM pg_catalog.pg_event_trigger"
    " WHERE evtevent IN ('ddl_command_start', 'ddl_command_end', 'sql_drop')"
    " AND evtenabled IN ('A', CASE pg_catalog.current_setting('session_replication_role')"
    "  WHEN 'replica' THEN 'R' ELSE 'O' END)"
    " AND coalesce(evttags && ARRAY['CREATE SCHEMA', 'CREATE TABLE', 'CREATE INDEX', 'CREATE FUNCTION',"
    "  'CREATE TRIGGER', 'CREATE SEQUENCE', 'CREATE PUBLICATION', 'COMMENT', 'ALTER TABLE', 'ALTER SEQUENCE',"
    "  'ALTER PUBLICATION', 'DROP SCHEMA', 'DROP TABLE', 'DROP FUNCTION', 'DROP TRIGGER', 'DROP SEQUENCE',"
    "  'DROP PUBLICATION'], true) ORDER BY 1";

/// Lists tables with rows of their own. An identity is the primary key, an index that was named, or FULL.
/// Source  PostgreSQL manual, "Publication": replica identity.
constexpr const char* kTables =
    "SELECT n.nspname, c.relname, pg_catalog.pg_has_role(c.relowner, 'USAGE'), c.relpersistence = 'u',"
    " CASE c.relreplident"
    "  WHEN 'f' THEN true"
    "  WHEN 'n' THEN false"
    "  ELSE EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid AND i.indisvalid"
    "   AND i.indimmediate AND CASE c.relreplident WHEN 'd' THEN i.indisprimary ELSE i.indisreplident END)"
    " END,"
    " EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary"
    "  AND NOT i.indimmediate),"
    " EXISTS (SELECT FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid"
    "   AND pg_catalog.array_position(i.indkey::int2[], a.attnum)"
    "    < coalesce((pg_catalog.to_jsonb(i) ->> 'indnkeyatts')::int, i.indnatts)"
    "  WHERE i.indrelid = c.oid AND coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '') <> ''"
    "   AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END)"
    " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema'"
    " AND n.nspname !~ '^(pg_catalog$|pg_toast|pghaul_(live|journal))' ORDER BY 1, 2";

std::vector<std::string> texts(const postgres::Rows& rows) {
  std::vector<std::string> all;
  for (int row = 0; row < rows.size(); ++row) all.push_back(rows.string(row, 0));
  return all;
}

}  // namespace

Result<SourceFacts> read_source_facts(postgres::Connection& source) {
  const Result<std::vector<postgres::Rows>> answers =
      source.query_all({kServer, kPrepared, kWriters, kSubscriptions, kEventTriggers, kTables});
  if (!answers) return answers.error().during("looking at what a live copy needs of the source");
  const postgres::Rows& server = (*answers)[0];
  constexpr std::int64_t kMegabyte = 1024 * 1024;
  SourceFacts facts{.version = source.version(),
                    .in_recovery = server.boolean(0, 0),
                    .wal_level = server.string(0, 1),
                    .may_replicate = server.boolean(0, 2),
                    .may_create = server.boolean(0, 3),
                    .free_slots = static_cast<int>(server.integer(0, 4)),
                    .free_senders = static_cast<int>(server.integer(0, 5)),
                    .sequences = server.integer(0, 7),
                    .lockable = server.integer(0, 8),
                    .slot_keeps_bytes = {},
                    .prepared = texts((*answers)[1]),
                    .writers = texts((*answers)[2]),
                    .subscriptions = texts((*answers)[3]),
                    .event_triggers = texts((*answers)[4]),
                    .tables = {}};
  if (!server.is_null(0, 6) && server.integer(0, 6) >= 0) {
    facts.slot_keeps_bytes = server.integer(0, 6) * kMegabyte;
  }
  const postgres::Rows& tables = (*answers)[5];
  for (int row = 0; row < tables.size(); ++row) {
    facts.tables.push_back({.schema = tables.string(row, 0),
                            .name = tables.string(row, 1),
                            .owned = tables.boolean(row, 2),
                            .has_identity = tables.boolean(row, 4),
                            .deferrable_key = tables.boolean(row, 5),
                            .unlogged = tables.boolean(row, 3),
                            .generated_key = tables.boolean(row, 6)});
  }
  return facts;
}

Result<OpenTransactions> read_open_transactions(postgres::Connection& source) {
  const Result<std::vector<postgres::Rows>> answers = source.query_all({kPrepared, kWriters});
  if (!answers) return answers.error().during("looking at the source's transactions");
  return OpenTransactions{.prepared = texts(answers->front()), .writers = texts(answers->back())};
}

}  // namespace pghaul::follow
