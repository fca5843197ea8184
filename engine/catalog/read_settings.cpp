#include "catalog/parts.h"

namespace pghaul::catalog {
namespace {

constexpr const char* kSettings = R"(
SELECT coalesce(r.rolname, ''), split.name, pg_catalog.substr(setting, pg_catalog.length(split.name) + 2)
FROM pg_catalog.pg_db_role_setting AS s
JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase AND d.datname = pg_catalog.current_database()
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) WITH ORDINALITY AS settings (setting, place)
CROSS JOIN LATERAL (SELECT pg_catalog.split_part(setting, '=', 1)) AS split (name)
WHERE s.setrole = 0 OR r.oid IS NOT NULL
ORDER BY r.rolname NULLS FIRST, settings.place)";

}  // namespace

Result<std::vector<DatabaseSetting>> read_settings(postgres::Connection& connection) {
  const Result<postgres::Rows> rows = connection.query(kSettings);
  if (!rows) return rows.error().during("listing the database's settings");
  std::vector<DatabaseSetting> settings;
  for (int row = 0; row < rows->size(); ++row) {
    settings.push_back({rows->string(row, 0), rows->string(row, 1), rows->string(row, 2)});
  }
  return settings;
}

}  // namespace pghaul::catalog
