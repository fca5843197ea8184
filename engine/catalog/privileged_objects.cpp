#include "catalog/privileged_objects.h"

#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Lists objects by the number of their kind. An array type exists because of another.
/// Source  PostgreSQL manual, the notes of CREATE FUNCTION, TYPE, CAST, PUBLICATION and GRANT.
constexpr const char* kPrivilegedObjects = R"(
WITH things(kind, class, object, detail) AS (
  SELECT 0, 'pg_catalog.pg_proc'::regclass, p.oid, l.lanname::text
  FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
  WHERE NOT l.lanpltrusted AND p.prokind <> 'a'
  UNION ALL SELECT 0, 'pg_catalog.pg_proc'::regclass, a.aggfnoid::oid, '' FROM pg_catalog.pg_aggregate AS a
  WHERE 'pg_catalog.internal'::regtype IN (a.aggtranstype, a.aggmtranstype)
  UNION ALL SELECT 1, 'pg_catalog.pg_proc'::regclass, p.oid, '' FROM pg_catalog.pg_proc AS p WHERE p.proleakproof
  UNION ALL SELECT 2, 'pg_catalog.pg_proc'::regclass, p.oid, pg_catalog.split_part(setting, '=', 1)
  FROM pg_catalog.pg_proc AS p CROSS JOIN LATERAL pg_catalog.unnest(p.proconfig) AS setting
  UNION ALL SELECT 3, 'pg_catalog.pg_type'::regclass, t.oid, '' FROM pg_catalog.pg_type AS t
  WHERE t.typtype = 'b' AND t.oid >= 16384
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS element WHERE element.typarray = t.oid)
  UNION ALL SELECT 4, 'pg_catalog.pg_cast'::regclass, c.oid, '' FROM pg_catalog.pg_cast AS c
  WHERE c.castmethod = 'b' OR c.castsource < 16384 AND c.casttarget < 16384
  UNION ALL SELECT 4, 'pg_catalog.pg_transform'::regclass, t.oid, '' FROM pg_catalog.pg_transform AS t
  WHERE t.trftype < 16384
  UNION ALL SELECT 5, 'pg_catalog.pg_publication'::regclass, p.oid, '' FROM pg_catalog.pg_publication AS p
  WHERE p.puballtables
  UNION ALL SELECT 6, 'pg_catalog.pg_foreign_server'::regclass, s.oid, w.fdwname::text
  FROM pg_catalog.pg_foreign_server AS s JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
  UNION ALL SELECT DISTINCT 7, acl.class, acl.object, pg_catalog.pg_get_userbyid(one.grantor)::text
  FROM (SELECT 'pg_catalog.pg_class'::regclass, c.oid, c.relacl, c.relowner FROM pg_catalog.pg_class AS c
        UNION ALL SELECT 'pg_catalog.pg_class'::regclass, c.oid, a.attacl, c.relowner
        FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
        WHERE a.attacl IS NOT NULL
        UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, p.oid, p.proacl, p.proowner FROM pg_catalog.pg_proc AS p
        UNION ALL SELECT 'pg_catalog.pg_type'::regclass, t.oid, t.typacl, t.typowner FROM pg_catalog.pg_type AS t
        UNION ALL SELECT 'pg_catalog.pg_namespace'::regclass, n.oid, n.nspacl, n.nspowner
        FROM pg_catalog.pg_namespace AS n
        UNION ALL SELECT 'pg_catalog.pg_foreign_server'::regclass, s.oid, s.srvacl, s.srvowner
        FROM pg_catalog.pg_foreign_server AS s) AS acl(class, object, list, owner)
  CROSS JOIN LATERAL pg_catalog.aclexplode(acl.list) AS one
  WHERE one.grantor <> acl.owner
  UNION ALL SELECT 8, 'pg_catalog.pg_foreign_server'::regclass, s.oid, e.extname::text
  FROM pg_catalog.pg_foreign_server AS s
  JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass
   AND d.objid = s.srvfdw AND d.deptype = 'e'
  JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
  UNION ALL SELECT CASE WHEN pg_catalog.has_schema_privilege(owned.owner, n.oid, 'CREATE') THEN 10 ELSE 9 END,
    owned.class, owned.object, pg_catalog.pg_get_userbyid(owned.owner)::text
  FROM (SELECT 'pg_catalog.pg_class'::regclass, oid, relnamespace, relowner FROM pg_catalog.pg_class
        WHERE relkind IN ('r', 'v', 'm', 'S', 'f', 'p') AND relpersistence <> 't'
        UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid, pronamespace, proowner FROM pg_catalog.pg_proc
        UNION ALL SELECT 'pg_catalog.pg_type'::regclass, t.oid, t.typnamespace, t.typowner
        FROM pg_catalog.pg_type AS t LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
        WHERE c.relkind IS NULL OR c.relkind = 'c'
        UNION ALL SELECT 'pg_catalog.pg_operator'::regclass, oid, oprnamespace, oprowner FROM pg_catalog.pg_operator
        UNION ALL SELECT 'pg_catalog.pg_collation'::regclass, oid, collnamespace, collowner
        FROM pg_catalog.pg_collation
        UNION ALL SELECT 'pg_catalog.pg_conversion'::regclass, oid, connamespace, conowner
        FROM pg_catalog.pg_conversion
        UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::regclass, oid, stxnamespace, stxowner
        FROM pg_catalog.pg_statistic_ext
        UNION ALL SELECT 'pg_catalog.pg_ts_config'::regclass, oid, cfgnamespace, cfgowner
        FROM pg_catalog.pg_ts_config
        UNION ALL SELECT 'pg_catalog.pg_ts_dict'::regclass, oid, dictnamespace, dictowner
        FROM pg_catalog.pg_ts_dict) AS owned(class, object, schema, owner)
  JOIN pg_catalog.pg_namespace AS n ON n.oid = owned.schema
  WHERE owned.object >= 16384 AND n.nspname !~ '^pg_temp_' AND NOT pg_catalog.pg_has_role(owned.owner, n.nspowner, 'USAGE')
)
SELECT things.kind, things.class::oid, things.object, known.type || ' ' || known.identity, things.detail
FROM things CROSS JOIN LATERAL pg_catalog.pg_identify_object(things.class, things.object, 0) AS known
WHERE things.object >= 16384 AND known.identity IS NOT NULL
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = things.class AND d.objid = things.object
                  AND d.objsubid = 0 AND d.deptype IN ('e', 'i'))
ORDER BY 1, 4)";

}  // namespace

Result<std::vector<PrivilegedObject>> read_privileged_objects(postgres::Connection& connection,
                                                              const Chosen& chosen) {
  const Result<postgres::Rows> rows = connection.query(kPrivilegedObjects);
  if (!rows) return rows.error().during(listing("objects that need privileges", connection));
  std::vector<PrivilegedObject> objects;
  for (int row = 0; row < rows->size(); ++row) {
    if (chosen && !chosen(rows->oid(row, 1), rows->oid(row, 2))) continue;
    objects.push_back({static_cast<PrivilegedObject::Kind>(rows->integer(row, 0)), rows->string(row, 3),
                       rows->string(row, 4), rows->oid(row, 1), rows->oid(row, 2)});
  }
  return objects;
}

}  // namespace pghaul::catalog
