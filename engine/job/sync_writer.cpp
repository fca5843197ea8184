#include "job/sync_writer.h"

#include "postgres/quote.h"

namespace pghaul::job {
namespace {

/// Gives each statement that sets aside, and the one that brings back. Foreign keys are those of the topmost
/// partitioned table. One without actions can be deferred, which needs no look at its rows.
constexpr const char* kWritten = R"(
WITH RECURSIVE written AS (
  SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.oid = ANY (ARRAY[)";
constexpr const char* kSettings = R"(]::pg_catalog.regclass[]::pg_catalog.oid[])
), touched AS (
  SELECT k.oid, coalesce((pg_catalog.to_jsonb(k) ->> 'conparentid')::oid, 0) AS parent
  FROM pg_catalog.pg_constraint AS k
  WHERE k.contype = 'f' AND (k.conrelid IN (SELECT oid FROM written) OR k.confrelid IN (SELECT oid FROM written))
  UNION
  SELECT k.oid, coalesce((pg_catalog.to_jsonb(k) ->> 'conparentid')::oid, 0)
  FROM pg_catalog.pg_constraint AS k JOIN touched ON k.oid = touched.parent
), keys AS (
  SELECT k.oid, k.conname, k.condeferrable, k.condeferred,
         pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
         k.confupdtype = 'a' AND k.confdeltype = 'a' AND c.relkind = 'r' AND r.relkind = 'r' AS defers
  FROM touched JOIN pg_catalog.pg_constraint AS k ON k.oid = touched.oid AND touched.parent = 0
  JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_class AS r ON r.oid = k.confrelid
  WHERE coalesce(pg_catalog.to_jsonb(k) ->> 'conenforced', 'true') = 'true'
)
SELECT pg_catalog.format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', name, tgname),
       pg_catalog.format('ALTER TABLE ONLY %s ENABLE TRIGGER %I', name, tgname)
FROM written JOIN pg_catalog.pg_trigger ON tgrelid = written.oid WHERE NOT tgisinternal AND tgenabled = 'O'
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s DISABLE RULE %I', name, rulename),
       pg_catalog.format('ALTER TABLE %s ENABLE RULE %I', name, rulename)
FROM written JOIN pg_catalog.pg_rewrite ON ev_class = written.oid WHERE ev_enabled = 'O'
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', name, conname),
       pg_catalog.format('ALTER TABLE %s ALTER CONSTRAINT %I %s', name, conname,
         CASE WHEN condeferrable THEN 'DEFERRABLE' ELSE 'NOT DEFERRABLE' END ||
         CASE WHEN NOT condeferrable THEN '' WHEN condeferred THEN ' INITIALLY DEFERRED'
              ELSE ' INITIALLY IMMEDIATE' END)
FROM keys WHERE defers
UNION ALL
SELECT pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', name, conname),
       pg_catalog.format('ALTER TABLE %1$s ADD CONSTRAINT %2$I %3$s; COMMENT ON CONSTRAINT %2$I ON %1$s IS %4$L',
         name, conname, pg_catalog.pg_get_constraintdef(oid),
         pg_catalog.obj_description(oid, 'pg_constraint'))
FROM keys WHERE NOT defers)";

constexpr const char* kOthers = R"(
SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')
  AND (EXISTS (SELECT FROM pg_catalog.pg_trigger AS t
               WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'O')
       OR EXISTS (SELECT FROM pg_catalog.pg_rewrite AS r WHERE r.ev_class = c.oid AND r.ev_enabled = 'O')
       OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'f'))
ORDER BY 1)";

constexpr const char* kSettingAside = "setting triggers and foreign keys of the target aside";

}  // namespace

Result<SyncWriter> SyncWriter::open(const crew::Worker::Endpoints& ends, const std::string& mode,
                                    const std::string& first) {
  Result<postgres::Connection> opened =
      postgres::Connection::open(ends.target, postgres::Side::target, ends.encoding, ends.stop);
  if (!opened) return fail(opened.error());
  auto session = std::make_unique<Session>();
  session->connection.emplace(std::move(*opened));
  session->cancel_on_stop.emplace(ends.stop, *session->connection);
  session->writing.emplace(postgres::Transaction::begin(*session->connection, mode));
  const Status begun = session->connection->execute(
      first +
      "; SET LOCAL lock_timeout = '60s'; CREATE TEMPORARY TABLE pghaul_gone (part bigint, place tid)"
      " ON COMMIT DROP");
  if (!begun) return begun.error().during("beginning to write to the target");
  const Result<postgres::Rows> number = session->connection->query("SELECT pg_catalog.txid_current()");
  if (!number) return number.error().during("beginning to write to the target");
  session->number = static_cast<std::uint64_t>(number->integer(0, 0));
  session->sees_commits = mode.empty();
  return SyncWriter(std::move(session));
}

Result<SyncWriter> SyncWriter::replica(const crew::Worker::Endpoints& ends) {
  return open(ends, {}, "SET LOCAL session_replication_role = replica");
}

Result<SyncWriter> SyncWriter::ordinary(const crew::Worker::Endpoints& ends,
                                        const postgres::Snapshot& compared) {
  return open(ends, "ISOLATION LEVEL REPEATABLE READ",
              "SET TRANSACTION SNAPSHOT " + postgres::quote_literal(compared.id()));
}

Status SyncWriter::set_aside(const std::vector<catalog::Name>& tables) {
  std::string names;
  for (const catalog::Name& one : tables) {
    names += (names.empty() ? "" : ", ") + postgres::quote_literal(postgres::quote(one.schema, one.name));
  }
  const Result<postgres::Rows> settings = connection().query(kWritten + names + kSettings);
  if (!settings) return settings.error().during(kSettingAside);
  for (int row = 0; row < settings->size(); ++row) {
    if (Status done = connection().execute(settings->string(row, 0)); !done)
      return done.error().during(kSettingAside);
    to_bring_back_.push_back(settings->string(row, 1));
  }
  return {};
}

Status SyncWriter::bring_back() {
  const std::string doing = "bringing triggers and foreign keys of the target back";
  if (to_bring_back_.empty()) return {};
  if (Status checked = connection().execute("SET CONSTRAINTS ALL IMMEDIATE"); !checked)
    return checked.error().during(doing);
  for (const std::string& statement : to_bring_back_) {
    if (Status done = connection().execute(statement); !done) return done.error().during(doing);
  }
  return {};
}

Status SyncWriter::commit() {
  return session_->writing->commit();
}

Result<std::vector<std::string>> tables_of_others(postgres::Connection& target) {
  const Result<postgres::Rows> rows = target.query(kOthers);
  if (!rows) return rows.error().during("looking at what the role may do on the target");
  std::vector<std::string> names;
  for (int row = 0; row < rows->size(); ++row) names.push_back(rows->string(row, 0));
  return names;
}

}  // namespace pghaul::job
