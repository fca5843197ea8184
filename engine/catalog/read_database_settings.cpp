#include "catalog/parts.h"

namespace pghaul::catalog {

/// Reads the settings of roles that exist.
/// Source  PostgreSQL manual, system catalogs, "pg_db_role_setting": each setting is name=value.
Result<std::vector<DatabaseSetting>> read_database_settings(postgres::Connection& connection) {
  const Result<postgres::Rows> rows = connection.query(
      "SELECT coalesce(role.rolname, ''), pg_catalog.split_part(setting, '=', 1),"
      " pg_catalog.substr(setting, pg_catalog.strpos(setting, '=') + 1)"
      " FROM pg_catalog.pg_db_role_setting AS of_database"
      " JOIN pg_catalog.pg_database AS database ON database.oid = of_database.setdatabase"
      " AND database.datname = pg_catalog.current_database()"
      " LEFT JOIN pg_catalog.pg_roles AS role ON role.oid = of_database.setrole,"
      " LATERAL pg_catalog.unnest(of_database.setconfig) WITH ORDINALITY AS one (setting, place)"
      " WHERE of_database.setrole = 0 OR role.oid IS NOT NULL ORDER BY 1, one.place");
  if (!rows) return rows.error().during("reading the database's settings");
  std::vector<DatabaseSetting> settings;
  for (int row = 0; row < rows->size(); ++row) {
    settings.push_back({rows->string(row, 0), rows->string(row, 1), rows->string(row, 2)});
  }
  return settings;
}

}  // namespace pghaul::catalog
