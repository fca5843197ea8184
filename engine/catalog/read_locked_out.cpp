#include <string>
#include <utility>

#include "catalog/oid_array.h"
#include "catalog/parts.h"
#include "catalog/read_catalog.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Finds what can't stand without the given relations, as pg_depend records it: whole views, not only their
/// rules; tables whose defaults or checks are among it. Sequences stay that merely belong to a column. The
/// result has neither parts of other objects nor foreign keys.
constexpr const char* kDependents = R"(
WITH RECURSIVE lost(class, object) AS (
  SELECT 'pg_catalog.pg_class'::regclass::oid, root FROM pg_catalog.unnest($1::oid[]) AS root
  UNION
  SELECT next.class, next.object
  FROM lost
  CROSS JOIN LATERAL (
    SELECT d.classid, d.objid
    FROM pg_catalog.pg_depend AS d
    WHERE d.refclassid = lost.class AND d.refobjid = lost.object AND d.deptype NOT IN ('e', 'x', 'p')
      AND NOT (d.deptype = 'a' AND d.classid = 'pg_catalog.pg_class'::regclass
               AND EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = d.objid AND c.relkind = 'S'))
    UNION ALL
    SELECT 'pg_catalog.pg_class'::regclass, r.ev_class
    FROM pg_catalog.pg_rewrite AS r
    WHERE lost.class = 'pg_catalog.pg_rewrite'::regclass AND r.oid = lost.object AND r.rulename = '_RETURN'
    UNION ALL
    SELECT 'pg_catalog.pg_class'::regclass, a.adrelid
    FROM pg_catalog.pg_attrdef AS a
    WHERE lost.class = 'pg_catalog.pg_attrdef'::regclass AND a.oid = lost.object
    UNION ALL
    SELECT CASE k.conrelid WHEN 0 THEN 'pg_catalog.pg_type'::regclass ELSE 'pg_catalog.pg_class'::regclass END,
           CASE k.conrelid WHEN 0 THEN k.contypid ELSE k.conrelid END
    FROM pg_catalog.pg_constraint AS k
    WHERE lost.class = 'pg_catalog.pg_constraint'::regclass AND k.oid = lost.object AND k.contype = 'c'
  ) AS next(class, object)
)
SELECT lost.class, lost.object,
       object.type || ' ' || CASE
         WHEN lost.class IN ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_policy'::regclass,
                             'pg_catalog.pg_trigger'::regclass)
           THEN pg_catalog.regexp_replace(object.identity, '^(.*) on ', '\1 of ')
         ELSE object.identity
       END,
       lost.class <> 'pg_catalog.pg_constraint'::regclass
       AND (c.relkind IN ('r', 'p', 'v', 'm', 'f')
            OR NOT EXISTS (SELECT
                           FROM pg_catalog.pg_depend AS part
                           JOIN lost AS whole ON whole.class = part.refclassid AND whole.object = part.refobjid
                           WHERE part.classid = lost.class AND part.objid = lost.object AND part.objsubid = 0
                             AND part.deptype IN ('a', 'i')))
       AND NOT (lost.class = 'pg_catalog.pg_class'::regclass AND lost.object = ANY ($1::oid[]))
FROM lost
LEFT JOIN pg_catalog.pg_class AS c ON lost.class = 'pg_catalog.pg_class'::regclass AND c.oid = lost.object
CROSS JOIN LATERAL pg_catalog.pg_identify_object(lost.class, lost.object, 0) AS object
ORDER BY 3)";

}  // namespace

Result<LockedOut> read_locked_out(postgres::Connection& connection) {
  Result<std::vector<Relation>> relations = list_relations(connection, [](Oid) { return true; });
  if (!relations) return fail(relations.error());
  LockedOut found;
  std::vector<Oid> oids;
  for (Relation& relation : *relations) {
    if (relation.lockable || !relation.extension.empty()) continue;  // pg_dump leaves those to the extension
    if (relation.kind != 'r' && relation.kind != 'p') continue;
    oids.push_back(relation.oid);
    found.tables.push_back(std::move(relation));
  }
  if (oids.empty()) return found;
  // Names are for people, while definitions are read for servers.
  connection.send_ahead("SET LOCAL quote_all_identifiers = off");
  const Result<postgres::Rows> rows = connection.query(kDependents, {oid_array(oids)});
  connection.send_ahead("SET LOCAL quote_all_identifiers = on");
  if (!rows) return rows.error().during(listing("objects that need unreadable tables", connection));
  for (int row = 0; row < rows->size(); ++row) {
    found.objects.emplace(rows->oid(row, 0), rows->oid(row, 1));
    if (rows->boolean(row, 3)) found.dependents.push_back(rows->string(row, 2));
  }
  return found;
}

}  // namespace pghaul::catalog
