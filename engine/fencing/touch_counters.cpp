#include "fencing/touch_counters.h"

#include <fmt/format.h>

#include "base/live_schema.h"
#include "fencing/tables_with_trigger.h"
#include "fencing/under_lock.h"
#include "postgres/quote.h"

namespace pghaul::fencing {

using postgres::quote;
using postgres::quote_literal;

std::string TouchCounters::function() const {
  return quote(kLiveSchema, name_ + "_touch");
}

std::string TouchCounters::sequence(const CarriedTable& table) const {
  return quote(kLiveSchema, fmt::format("{}_count_{}", name_, table.oid));
}

/// The function runs as its owner, as writers may use no sequence of pghaul's.
Status TouchCounters::create(postgres::Connection& server, const std::vector<CarriedTable>& tables) const {
  if (tables.empty()) return {};
  Status made = server.execute(
      fmt::format("CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
                  " SET search_path = pg_catalog AS $$BEGIN PERFORM"
                  " pg_catalog.nextval(TG_ARGV[0]::pg_catalog.regclass); RETURN NULL; END$$",
                  function()));
  if (!made) return made.error().during("cannot make the function that counts writes");
  for (const CarriedTable& table : tables) {
    made = run_under_lock(
        server, fmt::format("CREATE SEQUENCE IF NOT EXISTS {3}; DROP TRIGGER IF EXISTS {0} ON {1};"
                            "CREATE TRIGGER {0} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {1} FOR "
                            "EACH STATEMENT EXECUTE PROCEDURE {2}({4});"
                            "ALTER TABLE ONLY {1} ENABLE ALWAYS TRIGGER {0}",
                            quote(name_ + "_touch"), table.name, function(), sequence(table),
                            quote_literal(sequence(table))));
    if (!made) return fail(not_made("the trigger that counts writes to " + table.name, made.error()));
  }
  return {};
}

Result<std::vector<std::int64_t>> TouchCounters::read(postgres::Connection& server,
                                                      const std::vector<CarriedTable>& tables) const {
  std::vector<std::int64_t> counts;
  if (tables.empty()) return counts;
  std::string query;
  for (const CarriedTable& table : tables) {
    query += fmt::format("{}SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}",
                         query.empty() ? "" : " UNION ALL ", sequence(table));
  }
  const Result<postgres::Rows> rows = server.query(query);
  if (!rows) return rows.error().during("counting writes");
  for (int row = 0; row < rows->size(); ++row) counts.push_back(rows->integer(row, 0));
  return counts;
}

Status TouchCounters::remove(postgres::Connection& server) const {
  const std::string trigger = name_ + "_touch";
  const Result<std::vector<std::string>> tables = tables_with_trigger(server, trigger, function());
  if (!tables) return tables.error().during("looking for the triggers that count writes");
  for (const std::string& table : *tables) {
    const Status removed =
        run_under_lock(server, fmt::format("DROP TRIGGER IF EXISTS {} ON {}", quote(trigger), table));
    if (!removed) return removed.error().during("cannot remove the trigger that counts writes to " + table);
  }
  const Result<postgres::Rows> sequences = server.query(
      "SELECT pg_catalog.format('DROP SEQUENCE %I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class AS c"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind = 'S'"
      " AND n.nspname = $1 AND c.relname LIKE $2",
      {kLiveSchema, name_ + "_count_%"});
  if (!sequences) return sequences.error().during("looking for the counts of writes");
  std::string statements = "DROP FUNCTION IF EXISTS " + function() + "()";
  for (int row = 0; row < sequences->size(); ++row) statements += "; " + sequences->string(row, 0);
  const Status removed = server.execute(statements);
  if (!removed) return removed.error().during("cannot remove the function that counts writes");
  return {};
}

}  // namespace pghaul::fencing
