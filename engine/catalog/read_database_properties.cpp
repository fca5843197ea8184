#include "catalog/object_query.h"
#include "catalog/parts.h"

namespace pghaul::catalog {

/// Lists what differs from a database that was just created, including rights that the owner gave away or
/// revoked from himself, whoever granted them.
std::string database_properties_sql() {
  const std::string given = "pg_catalog.aclexplode(coalesce(d.datacl, usual.acl))";
  const std::string expected = "pg_catalog.aclexplode(usual.acl)";
  const std::string columns = "grantee, privilege_type";
  const std::string of_grantee =
      " CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE"
      " pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(acl.grantee)) END";
  // Quotes a role as label() does, whatever the session's settings.
  const std::string named =
      "CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(acl.grantee)::text END";
  const std::string role =
      "CASE acl.grantee WHEN 0 THEN '' ELSE pg_catalog.pg_get_userbyid(acl.grantee)::text END";
  return "SELECT said.* FROM pg_catalog.pg_database AS d"
         " CROSS JOIN LATERAL (SELECT pg_catalog.acldefault('d', d.datdba)) AS usual(acl)"
         " CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_userbyid(d.datdba)) AS owner(name)"
         " CROSS JOIN LATERAL ("
         "SELECT 'o' AS kind, 'owner' AS name, owner.name::text AS value,"
         " owner.name::text AS role, 'ALTER DATABASE ' AS before,"
         " ' OWNER TO ' || pg_catalog.quote_ident(owner.name) AS after"
         " UNION ALL SELECT 'd', 'connection limit', d.datconnlimit::text, '', 'ALTER DATABASE ',"
         " ' CONNECTION LIMIT ' || d.datconnlimit WHERE d.datconnlimit <> -1"
         " UNION ALL SELECT 'd', 'comment', remark.text, '', 'COMMENT ON DATABASE ',"
         " ' IS ' || pg_catalog.quote_literal(remark.text)"
         " FROM pg_catalog.shobj_description(d.oid, 'pg_database') AS remark(text) WHERE remark.text <> ''"
         " UNION ALL SELECT 'a', acl.privilege_type || ' for ' || " +
         named + ", 'granted' || acl.option, " + role +
         ", 'GRANT ' || acl.privilege_type ||"
         " ' ON DATABASE ', ' TO ' ||" +
         of_grantee + " || acl.option FROM (SELECT " + columns +
         ", CASE WHEN pg_catalog.bool_or(is_grantable) THEN ' WITH GRANT OPTION' ELSE '' END AS option FROM "
         "(SELECT " +
         columns + ", is_grantable FROM " + given + " EXCEPT SELECT " + columns + ", is_grantable FROM " +
         expected +
         ") AS more GROUP BY 1, 2) AS acl"
         " UNION ALL SELECT 'a', acl.privilege_type || ' for ' || " +
         named + ", 'revoked', " + role +
         ", 'REVOKE ' || acl.privilege_type || ' ON DATABASE ',"
         " ' FROM ' ||" +
         of_grantee + " FROM (SELECT " + columns + " FROM " + expected + " EXCEPT SELECT " + columns +
         " FROM " + given +
         ") AS acl"
         ") AS said WHERE d.datname = pg_catalog.current_database()";
}

std::vector<DatabaseProperty> properties_from(const postgres::Rows& rows) {
  std::vector<DatabaseProperty> properties;
  for (int row = 0; row < rows.size(); ++row) {
    properties.push_back({.kind = rows.text(row, 0).front(),
                          .name = rows.string(row, 1),
                          .value = rows.string(row, 2),
                          .role = rows.string(row, 3),
                          .before = rows.string(row, 4),
                          .after = rows.string(row, 5)});
  }
  return properties;
}

}  // namespace pghaul::catalog
