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
  WHERE NOT l.lanpltrusted
  UNION ALL SELECT 1, 'pg_catalog.pg_proc'::regclass, p.oid, '' FROM pg_catalog.pg_proc AS p WHERE p.proleakproof
  UNION ALL SELECT 2, 'pg_catalog.pg_proc'::regclass, p.oid, pg_catalog.split_part(setting, '=', 1)
  FROM pg_catalog.pg_proc AS p CROSS JOIN LATERAL pg_catalog.unnest(p.proconfig) AS setting
  UNION ALL SELECT 3, 'pg_catalog.pg_type'::regclass, t.oid, '' FROM pg_catalog.pg_type AS t
  WHERE t.typtype = 'b' AND t.oid >= 16384
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS element WHERE element.typarray = t.oid)
  UNION ALL SELECT 4, 'pg_catalog.pg_cast'::regclass, c.oid, '' FROM pg_catalog.pg_cast AS c
  WHERE c.castmethod = 'b'
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
