#include "catalog/object_query.h"

#include "catalog/user_objects.h"

namespace pghaul::catalog {

std::string catalog_oid(const std::string& catalog) {
  return "'pg_catalog." + catalog + "'::regclass";
}

std::string users_own(const std::string& catalog, const std::string& oid) {
  return oid + " >= " + std::to_string(kFirstUserOid) +
         " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS member WHERE member.classid = " +
         catalog_oid(catalog) + " AND member.objid = " + oid +
         " AND member.objsubid = 0 AND member.deptype = 'e')";
}

std::string on_its_own(const std::string& catalog, const std::string& oid) {
  return "NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS internal WHERE internal.classid = " +
         catalog_oid(catalog) + " AND internal.objid = " + oid + " AND internal.deptype = 'i')";
}

ObjectQuery relation_query(const std::string& label) {
  ObjectQuery query;
  query.label = label;
  query.schema = "n.nspname";
  query.name = "c.relname";
  query.catalog = catalog_oid("pg_class");
  query.oid = "c.oid";
  return query;
}

std::string join_schema(const std::string& column) {
  return " JOIN pg_catalog.pg_namespace AS n ON n.oid = " + column + " AND " + kUserSchema + " ";
}

std::string qualified_name(const std::string& catalog, const std::string& prefix, const std::string& oid) {
  return "(SELECT pg_catalog.quote_ident(named_in.nspname) || '.' || pg_catalog.quote_ident(named." + prefix +
         "name) FROM pg_catalog." + catalog +
         " AS named JOIN pg_catalog.pg_namespace AS named_in ON named_in.oid = named." + prefix +
         "namespace WHERE named.oid = " + oid + ")";
}

std::string function_name(const std::string& oid) {
  return qualified_name("pg_proc", "pro", oid);
}

std::string sorted(const std::string& array) {
  return "(SELECT pg_catalog.string_agg(one, ', ' ORDER BY one COLLATE \"C\") FROM pg_catalog.unnest(" +
         array + ") AS one)";
}

/// Leaves out MAINTAIN, which PostgreSQL 17 added to the rights of owners.
std::string grants_sql(const Versions& versions, const std::string& acl, const std::string& type,
                       const std::string& owner, const std::string& usual) {
  const std::string normally = usual.empty() ? "pg_catalog.acldefault('" + type + "', " + owner + ")" : usual;
  const std::string given = "SELECT entry.* FROM pg_catalog.aclexplode(" + acl + ") AS entry";
  const std::string expected = "SELECT entry.* FROM pg_catalog.aclexplode(" + normally + ") AS entry";
  return "CASE WHEN " + acl +
         " IS NOT NULL THEN (SELECT pg_catalog.string_agg(line, E',\\n' ORDER BY line COLLATE \"C\") FROM "
         "(SELECT "
         "CASE one.grantee WHEN 0 THEN 'PUBLIC' WHEN " +
         owner +
         " THEN 'its owner' ELSE pg_catalog.pg_get_userbyid(one.grantee)::text END || ' ' || sign || "
         "one.privilege_type || CASE WHEN one.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END || CASE "
         "one.grantor WHEN " +
         owner +
         " THEN '' ELSE ' by ' || pg_catalog.pg_get_userbyid(one.grantor)::text END AS line FROM ((SELECT '' "
         "AS "
         "sign, more.* FROM (" +
         given + " EXCEPT " + expected + ") AS more) UNION ALL (SELECT 'no ', less.* FROM (" + expected +
         " EXCEPT " + given + ") AS less)) AS one" +
         (versions.both_since(170000) ? "" : " WHERE one.privilege_type <> 'MAINTAIN'") + ") AS lines) END";
}

ObjectQuery::Column grants(const Versions& versions, const std::string& acl, const std::string& type,
                           const std::string& owner) {
  return {{"grants", Aspect::Kind::grants}, grants_sql(versions, acl, type, owner)};
}

ObjectQuery::Column owner(const std::string& oid) {
  return {{"owner", Aspect::Kind::owner}, "pg_catalog.pg_get_userbyid(" + oid + ")"};
}

}  // namespace pghaul::catalog
