#include "schema/clear_database.h"

#include <algorithm>
#include <string>
#include <vector>

#include "postgres/quote.h"

namespace pghaul::schema {
namespace {

constexpr std::size_t kTogether = 200;  // objects dropped in one transaction: each holds a few locks

/// DROP statements of one kind of object, written by the server itself. What belongs to an extension goes
/// with it; what lies in a schema goes with CASCADE.
struct Kind {
  const char* plural;
  std::string statements;
};

std::vector<Kind> kinds(const std::string& kept_schema) {
  const std::string user_schema =
      " n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', " +
      postgres::quote_literal(kept_schema) + ")";
  const std::string relations =
      std::string(
          "SELECT pg_catalog.format('DROP %s IF EXISTS %I.%I CASCADE',"
          " CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'"
          " WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname, c.relname)"
          " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
          " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT c.relispartition AND") +
      user_schema + " ORDER BY c.relkind DESC, c.oid";
  const std::string schemas = std::string(
                                  "SELECT pg_catalog.format('DROP SCHEMA IF EXISTS %I CASCADE', n.nspname)"
                                  " FROM pg_catalog.pg_namespace AS n WHERE") +
                              user_schema + " ORDER BY n.oid";
  return {
      {"event triggers",
       "SELECT pg_catalog.format('DROP EVENT TRIGGER IF EXISTS %I', evtname) FROM pg_catalog.pg_event_trigger"
       " WHERE oid >= 16384"},
      {"publications",
       "SELECT pg_catalog.format('DROP PUBLICATION IF EXISTS %I', pubname) FROM pg_catalog.pg_publication"},
      {"extensions",
       "SELECT pg_catalog.format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM pg_catalog.pg_extension"
       " WHERE extname <> 'plpgsql'"},
      {"relations", relations},
      {"schemas", schemas},
      {"foreign-data wrappers",
       "SELECT pg_catalog.format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', fdwname)"
       " FROM pg_catalog.pg_foreign_data_wrapper WHERE oid >= 16384"},
      {"casts",
       "SELECT pg_catalog.format('DROP CAST IF EXISTS (%s AS %s) CASCADE',"
       " pg_catalog.format_type(castsource, NULL), pg_catalog.format_type(casttarget, NULL))"
       " FROM pg_catalog.pg_cast WHERE oid >= 16384"},
      {"languages",
       "SELECT pg_catalog.format('DROP LANGUAGE IF EXISTS %I CASCADE', lanname) FROM pg_catalog.pg_language"
       " WHERE oid >= 16384"},
      {"access methods",
       "SELECT pg_catalog.format('DROP ACCESS METHOD IF EXISTS %I CASCADE', amname) FROM pg_catalog.pg_am"
       " WHERE oid >= 16384"},
      {"large objects",
       "SELECT pg_catalog.format('SELECT pg_catalog.lo_unlink(%s)', oid)"
       " FROM pg_catalog.pg_largeobject_metadata"},
  };
}

Status drop(postgres::Connection& target, const Kind& kind) {
  const Result<postgres::Rows> statements = target.query(kind.statements);
  if (!statements) return statements.error().during(std::string("listing ") + kind.plural);
  for (int first = 0; first < statements->size(); first += static_cast<int>(kTogether)) {
    std::string batch;
    for (int row = first; row < std::min(first + static_cast<int>(kTogether), statements->size()); ++row) {
      batch += statements->string(row, 0) + ";";
    }
    const Status dropped = target.execute(batch);
    if (!dropped)
      return dropped.error().during(std::string("cannot drop the ") + kind.plural + " of the target");
  }
  return {};
}

/// As initdb leaves it: until version 14 everybody might create in it.
std::string create_public(int version) {
  std::string sql = "CREATE SCHEMA public; COMMENT ON SCHEMA public IS 'standard public schema';";
  sql += version >= 150000 ? "GRANT USAGE ON SCHEMA public TO PUBLIC;"
                           : "GRANT USAGE, CREATE ON SCHEMA public TO PUBLIC;";
  return sql;
}

/// The owner it has in a fresh database; a role that may not give it away keeps it.
Status give_public_to_database_owner(postgres::Connection& target) {
  if (target.version() < 150000) return {};
  const Result<postgres::Rows> may =
      target.query("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER");
  if (!may) return fail(may.error());
  if (!may->boolean(0, 0)) return {};
  return target.execute("ALTER SCHEMA public OWNER TO pg_database_owner");
}

}  // namespace

Status clear_database(postgres::Connection& target, const std::string& kept_schema) {
  for (const Kind& kind : kinds(kept_schema)) {
    const Status dropped = drop(target, kind);
    if (!dropped) return dropped;
  }
  const Status created = target.execute(create_public(target.version()));
  if (!created) return created.error().during("cannot create schema public anew");
  const Status given = give_public_to_database_owner(target);
  if (!given) return given.error().during("cannot give schema public its owner");
  return {};
}

}  // namespace pghaul::schema
