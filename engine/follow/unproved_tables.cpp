#include "follow/unproved_tables.h"

#include <fmt/format.h>

#include "postgres/quote.h"

namespace pghaul::follow {

using postgres::quote_literal;

std::string UnprovedTables::table() const {
  return postgres::quote(schema_, "follow_unproved");
}

Status UnprovedTables::create(postgres::Connection& target) const {
  const Status created =
      target.execute("CREATE TABLE IF NOT EXISTS " + table() +
                     " (slot text NOT NULL, source_table oid NOT NULL, PRIMARY KEY (slot, source_table))");
  if (!created) return created.error().during("cannot create the list of tables to compare in the target");
  return {};
}

Status UnprovedTables::add(postgres::Connection& target, std::uint32_t table) const {
  const Status added = target.execute(fmt::format("INSERT INTO {} VALUES ({}, {}) ON CONFLICT DO NOTHING",
                                                  this->table(), quote_literal(slot_), table));
  if (!added) return added.error().during("recording that a table has changed since it was compared");
  return {};
}

Status UnprovedTables::remove(postgres::Connection& target, const std::vector<std::uint32_t>& tables) const {
  if (tables.empty()) return {};
  const Status removed = target.execute(fmt::format("DELETE FROM {} WHERE slot = {} AND source_table IN ({})",
                                                    table(), quote_literal(slot_), fmt::join(tables, ", ")));
  if (!removed) return removed.error().during("recording which tables have been compared");
  return {};
}

Result<std::vector<std::uint32_t>> UnprovedTables::list(postgres::Connection& target) const {
  const Result<postgres::Rows> rows =
      target.query("SELECT source_table FROM " + table() + " WHERE slot = $1", {slot_});
  if (!rows) return rows.error().during("listing the tables that have changed since they were compared");
  std::vector<std::uint32_t> tables;
  for (int row = 0; row < rows->size(); ++row) tables.push_back(rows->oid(row, 0));
  return tables;
}

}  // namespace pghaul::follow
