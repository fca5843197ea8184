#include "fencing/fenced_tables.h"

#include <fmt/format.h>

namespace pghaul::fencing {

Result<std::vector<FencedTable>> read_fenced_tables(postgres::Connection& server,
                                                    const std::string& publication,
                                                    const std::string& trigger,
                                                    const std::vector<std::uint32_t>& more) {
  const Result<postgres::Rows> rows = server.query(
      "WITH RECURSIVE down AS (SELECT r.prrelid AS oid FROM pg_catalog.pg_publication_rel AS r"
      "  JOIN pg_catalog.pg_publication AS p ON p.oid = r.prpubid WHERE p.pubname = $1"
      "  UNION SELECT pg_catalog.unnest($3::oid[])"
      "  UNION SELECT i.inhrelid FROM down JOIN pg_catalog.pg_inherits AS i ON i.inhparent = down.oid),"
      " tree AS (SELECT oid FROM down"
      "  UNION SELECT i.inhparent FROM tree JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = tree.oid)"
      " SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.pg_has_role(c.relowner, "
      "'USAGE'),"
      " EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = $2"
      "  AND t.tgenabled = 'A')"
      " FROM tree JOIN pg_catalog.pg_class AS c ON c.oid = tree.oid"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
      " WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pghaul_(live|journal)'"
      " ORDER BY c.oid",
      {publication, trigger, fmt::format("{{{}}}", fmt::join(more, ","))});
  if (!rows) return rows.error().during("listing the tables that a switchover closes");
  std::vector<FencedTable> tables;
  for (int row = 0; row < rows->size(); ++row) {
    tables.push_back({.oid = static_cast<std::uint32_t>(rows->oid(row, 0)),
                      .name = rows->string(row, 1),
                      .owned = rows->boolean(row, 2),
                      .has_trigger = rows->boolean(row, 3)});
  }
  return tables;
}

}  // namespace pghaul::fencing
