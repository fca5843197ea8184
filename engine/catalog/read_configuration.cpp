#include "catalog/read_catalog.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {

Result<std::vector<Oid>> read_configuration(postgres::Connection& connection,
                                            const std::function<bool(Oid)>& belongs) {
  const Result<postgres::Rows> rows = connection.query(
      "SELECT e.oid, relation FROM pg_catalog.pg_extension AS e"
      " CROSS JOIN LATERAL pg_catalog.unnest(e.extconfig) AS relation");
  if (!rows) return rows.error().during(listing("extensions' configuration tables", connection));
  std::vector<Oid> relations;
  for (int row = 0; row < rows->size(); ++row) {
    if (belongs(rows->oid(row, 0))) relations.push_back(rows->oid(row, 1));
  }
  return relations;
}

}  // namespace pghaul::catalog
