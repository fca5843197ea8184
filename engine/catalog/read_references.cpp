#include <array>
#include <string>

#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

struct Kind {
  const char* catalog;
  const char* owner;
  const char* acl;  // empty: nothing can be granted on it
};
constexpr std::array<Kind, 18> kKinds = {{
    {"pg_class", "relowner", "relacl"},
    {"pg_collation", "collowner", ""},
    {"pg_conversion", "conowner", ""},
    {"pg_event_trigger", "evtowner", ""},
    {"pg_foreign_data_wrapper", "fdwowner", "fdwacl"},
    {"pg_foreign_server", "srvowner", "srvacl"},
    {"pg_language", "lanowner", "lanacl"},
    {"pg_largeobject_metadata", "lomowner", "lomacl"},
    {"pg_namespace", "nspowner", "nspacl"},
    {"pg_opclass", "opcowner", ""},
    {"pg_operator", "oprowner", ""},
    {"pg_opfamily", "opfowner", ""},
    {"pg_proc", "proowner", "proacl"},
    {"pg_publication", "pubowner", ""},
    {"pg_statistic_ext", "stxowner", ""},
    {"pg_ts_config", "cfgowner", ""},
    {"pg_ts_dict", "dictowner", ""},
    {"pg_type", "typowner", "typacl"},
}};

constexpr Oid kPgClass = 1259;  // the catalog's own OID, fixed
const std::string kUserOid = std::to_string(kFirstUserOid);

/// Finds what the roles that initdb makes, the first superuser among them, own and were granted: pg_shdepend
/// does not record it, because they cannot be dropped.
std::string owned_by_initial_roles() {
  std::string sql;
  for (const Kind& kind : kKinds) {
    const std::string catalog = std::string("pg_catalog.") + kind.catalog;
    sql += " UNION ALL SELECT '" + catalog + "'::regclass, oid, " + kind.owner + " FROM " + catalog +
           " WHERE " + kind.owner + " < " + kUserOid + " AND oid >= " + kUserOid;
  }
  return sql;
}

std::string granted_to_initial_roles() {
  std::string lists =
      "SELECT 'pg_catalog.pg_class'::regclass, a.attrelid, a.attacl, c.relowner FROM pg_catalog.pg_attribute "
      "AS a"
      " JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid"
      " WHERE a.attacl IS NOT NULL AND a.attrelid >= " +
      kUserOid +
      " UNION ALL SELECT 'pg_catalog.pg_default_acl'::regclass, oid, defaclacl, defaclrole"
      " FROM pg_catalog.pg_default_acl";
  for (const Kind& kind : kKinds) {
    if (*kind.acl == '\0') continue;
    const std::string catalog = std::string("pg_catalog.") + kind.catalog;
    lists += " UNION ALL SELECT '" + catalog + "'::regclass, oid, " + kind.acl + ", " + kind.owner +
             " FROM " + catalog + " WHERE " + kind.acl + " IS NOT NULL AND oid >= " + kUserOid;
  }
  return " UNION ALL SELECT list.class, list.object, entry.grantee FROM (" + lists +
         ") AS list(class, object, acl, owner) CROSS JOIN LATERAL pg_catalog.aclexplode(list.acl) AS entry"
         " WHERE entry.grantee < " +
         kUserOid + " AND entry.grantee <> list.owner";
}

/// Leaves out an extension's members: on the target they belong to the role that creates the extension; and
/// what exists because of something else, such as array types, which belong to that one's owner. Schemas of
/// temporary tables belong to the first superuser, these tables to whoever is at work.
/// pg_shdepend.deptype  o owner, a ACL, i initial ACL, r policy. An owner's own rights are no grant.
/// `by_object`: with what each owns or was granted.
std::string roles_sql(bool by_object) {
  return R"(
WITH temporary(class, object) AS (
  SELECT 'pg_catalog.pg_namespace'::regclass, oid FROM pg_catalog.pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_'
  UNION ALL
  SELECT 'pg_catalog.pg_class'::regclass, oid FROM pg_catalog.pg_class WHERE relpersistence = 't'
), named AS (
  SELECT s.classid, s.objid, s.refobjid, s.deptype
  FROM pg_catalog.pg_shdepend AS s
  JOIN pg_catalog.pg_database AS d ON d.oid = s.dbid AND d.datname = pg_catalog.current_database()
  WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass
), owned(class, object, role) AS (
  SELECT classid, objid, refobjid
  FROM named
  WHERE deptype = 'o' AND classid NOT IN ('pg_catalog.pg_user_mapping'::regclass,
                                          'pg_catalog.pg_default_acl'::regclass))" +
         owned_by_initial_roles() + R"(
), granted(class, object, role) AS (
  SELECT classid, objid, refobjid
  FROM named
  WHERE deptype IN ('a', 'i', 'r') OR classid IN ('pg_catalog.pg_user_mapping'::regclass,
                                                  'pg_catalog.pg_default_acl'::regclass)
  UNION ALL SELECT 'pg_catalog.pg_policy'::regclass, oid, pg_catalog.unnest(polroles) FROM pg_catalog.pg_policy
  UNION ALL SELECT 'pg_catalog.pg_user_mapping'::regclass, umid, umuser FROM pg_catalog.pg_user_mappings
  UNION ALL SELECT 'pg_catalog.pg_default_acl'::regclass, oid, defaclrole FROM pg_catalog.pg_default_acl)" +
         granted_to_initial_roles() + R"(
), wanted(as_owner, role, class, object) AS (
  SELECT true, owned.role, owned.class, owned.object
  FROM owned
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                    WHERE d.classid = owned.class AND d.objid = owned.object AND d.deptype IN ('e', 'i'))
    AND NOT EXISTS (SELECT FROM temporary WHERE temporary.class = owned.class AND temporary.object = owned.object)
  UNION
  SELECT false, granted.role, granted.class, granted.object FROM granted
)
SELECT DISTINCT wanted.as_owner, r.rolname)" +
         std::string(by_object ? ", wanted.class, wanted.object" : "") + R"(
FROM wanted
JOIN pg_catalog.pg_roles AS r ON r.oid = wanted.role)";
}

/// Finds tablespaces. Relations in the database's own have 0 there; indexes are listed as their tables.
constexpr const char* kTablespaces = R"(
SELECT DISTINCT s.spcname, coalesce(i.indrelid, c.oid)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_tablespace AS s ON s.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
WHERE c.relpersistence <> 't' AND s.spcname <> 'pg_global')";

}  // namespace

Status read_references(postgres::Connection& connection, const Chosen& chosen, Catalog& catalog) {
  const Result<std::vector<postgres::Rows>> answers =
      connection.query_all({roles_sql(static_cast<bool>(chosen)), kTablespaces});
  if (!answers) return answers.error().during(listing("owners and tablespaces", connection));
  const postgres::Rows& roles = answers->front();
  for (int row = 0; row < roles.size(); ++row) {
    if (chosen && !chosen(roles.oid(row, 2), roles.oid(row, 3))) continue;
    (roles.boolean(row, 0) ? catalog.owners : catalog.grantees).insert(roles.string(row, 1));
  }
  const postgres::Rows& tablespaces = answers->back();
  for (int row = 0; row < tablespaces.size(); ++row) {
    if (chosen && !chosen(kPgClass, tablespaces.oid(row, 1))) continue;
    catalog.tablespaces.insert(tablespaces.string(row, 0));
  }
  return {};
}

}  // namespace pghaul::catalog
