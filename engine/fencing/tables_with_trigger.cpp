#include "fencing/tables_with_trigger.h"

namespace pghaul::fencing {

Result<std::vector<std::string>> tables_with_trigger(postgres::Connection& server, const std::string& trigger,
                                                     const std::string& function) {
  const Result<postgres::Rows> rows = server.query(
      "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_trigger AS t"
      " JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE t.tgname = $1"
      " AND t.tgfoid = pg_catalog.to_regprocedure($2) ORDER BY c.oid",
      {trigger, function + "()"});
  if (!rows) return fail(rows.error());
  std::vector<std::string> tables;
  for (int row = 0; row < rows->size(); ++row) tables.push_back(rows->string(row, 0));
  return tables;
}

}  // namespace pghaul::fencing
