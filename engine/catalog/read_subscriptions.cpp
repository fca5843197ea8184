#include "catalog/object_query.h"
#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

constexpr const char* kSubscriptions =
    "SELECT s.subname FROM pg_catalog.pg_subscription AS s"
    " JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid AND d.datname = pg_catalog.current_database()"
    " ORDER BY 1";

/// Source  PostgreSQL's src/backend/catalog/system_views.sql, pg_user_mappings.
constexpr const char* kHiddenMappings = R"(
SELECT m.usename, m.srvname
FROM pg_catalog.pg_user_mappings AS m
JOIN pg_catalog.pg_foreign_server AS s ON s.oid = m.srvid
JOIN pg_catalog.pg_roles AS role ON role.rolname = current_user
WHERE m.umoptions IS NULL AND NOT role.rolsuper
  AND CASE m.umuser
        WHEN 0 THEN NOT pg_catalog.pg_has_role(s.srvowner, 'USAGE')
        ELSE NOT (m.umuser = role.oid AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE')
                                           OR pg_catalog.has_server_privilege(s.oid, 'USAGE')))
      END
ORDER BY 1, 2)";

}  // namespace

Status read_subscriptions(postgres::Connection& connection, const std::function<bool(Oid)>& belongs,
                          Catalog& catalog) {
  const Result<std::vector<postgres::Rows>> answers = connection.query_all(
      {kSubscriptions, kHiddenMappings, "SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'public'",
       database_properties_sql(), constraint_triggers_sql(connection.version())});
  if (!answers) return answers.error().during(listing("database's properties", connection));
  const postgres::Rows& subscriptions = (*answers)[0];
  for (int row = 0; row < subscriptions.size(); ++row) {
    catalog.subscriptions.push_back(subscriptions.string(row, 0));
  }
  const postgres::Rows& mappings = (*answers)[1];
  for (int row = 0; row < mappings.size(); ++row) {
    catalog.hidden_mappings.push_back({mappings.string(row, 0), mappings.string(row, 1)});
  }
  catalog.has_public_schema = (*answers)[2].size() > 0;
  catalog.properties = properties_from((*answers)[3]);
  catalog.constraint_triggers = constraint_triggers_from((*answers)[4], belongs);
  return {};
}

}  // namespace pghaul::catalog
