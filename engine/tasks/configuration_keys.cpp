#include "tasks/configuration_keys.h"

#include "postgres/quote.h"

namespace pghaul::tasks {
namespace {

/// Returns the tables as rows, with their position.
std::string in_order(const std::vector<catalog::Name>& tables) {
  std::string rows;
  for (std::size_t place = 0; place < tables.size(); ++place) {
    const std::string name = postgres::quote(tables[place].schema, tables[place].name);
    rows += (place == 0 ? "(" : ", (") + postgres::quote_literal(name) + "::regclass, " +
            std::to_string(place) + ")";
  }
  return "(VALUES " + rows + ")";
}

}  // namespace

Result<ConfigurationKeys> ConfigurationKeys::defer(postgres::Connection& target,
                                                   const std::vector<catalog::Name>& tables) {
  ConfigurationKeys keys;
  if (tables.size() < 2) return keys;
  const std::string order = in_order(tables);
  const Result<postgres::Rows> forward = target.query(
      "SELECT k.conrelid::regclass, k.conname, k.condeferrable, k.condeferred"
      " FROM pg_catalog.pg_constraint AS k"
      " JOIN " +
      order +
      " AS own(relation, place) ON own.relation = k.conrelid"
      " JOIN " +
      order +
      " AS other(relation, place) ON other.relation = k.confrelid"
      " WHERE k.contype = 'f' AND other.place > own.place ORDER BY 1, 2");
  if (!forward) return forward.error().during("looking for keys of extensions' tables");
  for (int row = 0; row < forward->size(); ++row) {
    const std::string key = "ALTER TABLE " + forward->string(row, 0) + " ALTER CONSTRAINT " +
                            postgres::quote(forward->string(row, 1));
    const Status deferred = target.execute(key + " DEFERRABLE INITIALLY DEFERRED");
    if (!deferred) return deferred.error().during("deferring keys of extensions' tables");
    const bool deferrable = forward->boolean(row, 2);
    const bool initially = forward->boolean(row, 3);
    keys.restore_ += key + (deferrable ? " DEFERRABLE" : " NOT DEFERRABLE") +
                     (initially ? " INITIALLY DEFERRED;" : " INITIALLY IMMEDIATE;");
  }
  return keys;
}

Status ConfigurationKeys::check(postgres::Connection& target) const {
  if (restore_.empty()) return {};
  const Status checked = target.execute("SET CONSTRAINTS ALL IMMEDIATE;" + restore_);
  if (checked) return checked;
  return checked.error().during("checking the keys of extensions' tables");
}

}  // namespace pghaul::tasks
