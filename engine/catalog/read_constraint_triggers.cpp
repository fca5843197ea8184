#include "catalog/object_query.h"
#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {

/// Joins `t`: the trigger; `c`, `n`: its relation; `root`: the constraint, or for those that partitions made
/// of one the one that all come from, as the others' names are arbitrary; `constrained`, `constrained_in`:
/// what that is on; `f`: the function.
std::string constraint_triggers_from(int version) {
  const std::string parent = version >= 110000 ? "k.conparentid" : "0::oid";
  return "pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid"
         " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND " +
         kUserSchema +
         " JOIN pg_catalog.pg_proc AS f ON f.oid = t.tgfoid"
         " JOIN LATERAL (WITH RECURSIVE line(oid, parent) AS (SELECT k.oid, " +
         parent +
         " FROM pg_catalog.pg_constraint AS k WHERE k.oid = t.tgconstraint UNION ALL SELECT k.oid, " +
         parent +
         " FROM line JOIN pg_catalog.pg_constraint AS k ON k.oid = line.parent) SELECT k.oid, k.conname,"
         " k.conrelid FROM line JOIN pg_catalog.pg_constraint AS k ON k.oid = line.oid WHERE line.parent = 0)"
         " AS root ON true"
         " JOIN pg_catalog.pg_class AS constrained ON constrained.oid = root.conrelid"
         " JOIN pg_catalog.pg_namespace AS constrained_in ON constrained_in.oid = constrained.relnamespace"
         " WHERE t.tgisinternal AND t.tgconstraint <> 0 AND c.relpersistence <> 't' AND " +
         users_own("pg_class", "c.oid");
}

std::string constraint_triggers_sql(int version) {
  return "SELECT c.oid, constrained.oid, n.nspname, c.relname, constrained_in.nspname, constrained.relname,"
         " root.conname, f.proname, t.tgenabled FROM " +
         constraint_triggers_from(version) +
         " AND t.tgenabled <> 'O' ORDER BY n.nspname, c.relname, root.conname, f.proname";
}

std::vector<ConstraintTrigger> constraint_triggers_from(const postgres::Rows& rows,
                                                        const std::function<bool(Oid)>& belongs) {
  std::vector<ConstraintTrigger> triggers;
  for (int row = 0; row < rows.size(); ++row) {
    if (!belongs(rows.oid(row, 0)) || !belongs(rows.oid(row, 1))) continue;
    triggers.push_back({.relation = {rows.string(row, 2), rows.string(row, 3)},
                        .constrained = {rows.string(row, 4), rows.string(row, 5)},
                        .constraint = rows.string(row, 6),
                        .function = rows.string(row, 7),
                        .firing = rows.text(row, 8).front()});
  }
  return triggers;
}

Result<std::vector<std::string>> constraint_trigger_statements(
    postgres::Connection& connection, const std::vector<ConstraintTrigger>& triggers) {
  std::vector<std::string> statements;
  for (const ConstraintTrigger& trigger : triggers) {
    const char* const how = trigger.firing == 'D'   ? "DISABLE"
                            : trigger.firing == 'R' ? "ENABLE REPLICA"
                                                    : "ENABLE ALWAYS";
    const Result<postgres::Rows> found =
        connection.query("SELECT pg_catalog.format('ALTER TABLE ONLY %I.%I " + std::string(how) +
                             " TRIGGER %I', n.nspname, c.relname, t.tgname) FROM " +
                             constraint_triggers_from(connection.version()) +
                             " AND n.nspname = $1 AND c.relname = $2 AND constrained_in.nspname = $3"
                             " AND constrained.relname = $4 AND root.conname = $5 AND f.proname = $6",
                         {trigger.relation.schema, trigger.relation.name, trigger.constrained.schema,
                          trigger.constrained.name, trigger.constraint, trigger.function});
    if (!found) return found.error().during(listing("triggers of constraints", connection));
    statements.push_back(found->size() == 0 ? "" : found->string(0, 0));
  }
  return statements;
}

}  // namespace pghaul::catalog
