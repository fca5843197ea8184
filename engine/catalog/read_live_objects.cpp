#include "catalog/live_objects.h"

namespace pghaul::catalog {
namespace {

constexpr const char* kObjects = R"(
WITH own AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'pghaul_live'),
     publication AS (SELECT oid FROM pg_catalog.pg_publication WHERE pubname ~ '^pghaul_live_')
SELECT 'pg_catalog.pg_namespace'::regclass::oid, oid FROM own
UNION ALL
SELECT 'pg_catalog.pg_class'::regclass, c.oid FROM pg_catalog.pg_class AS c JOIN own ON own.oid = c.relnamespace
UNION ALL
SELECT 'pg_catalog.pg_type'::regclass, t.oid FROM pg_catalog.pg_type AS t JOIN own ON own.oid = t.typnamespace
UNION ALL
SELECT 'pg_catalog.pg_constraint'::regclass, k.oid
FROM pg_catalog.pg_constraint AS k JOIN own ON own.oid = k.connamespace
UNION ALL
SELECT 'pg_catalog.pg_attrdef'::regclass, d.oid
FROM pg_catalog.pg_attrdef AS d
JOIN pg_catalog.pg_class AS c ON c.oid = d.adrelid
JOIN own ON own.oid = c.relnamespace
UNION ALL
SELECT 'pg_catalog.pg_proc'::regclass, f.oid FROM pg_catalog.pg_proc AS f JOIN own ON own.oid = f.pronamespace
UNION ALL
SELECT 'pg_catalog.pg_trigger'::regclass, t.oid
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_proc AS f ON f.oid = t.tgfoid
JOIN own ON own.oid = f.pronamespace
UNION ALL
SELECT 'pg_catalog.pg_publication'::regclass, oid FROM publication
UNION ALL
SELECT 'pg_catalog.pg_publication_rel'::regclass, r.oid
FROM pg_catalog.pg_publication_rel AS r JOIN publication ON publication.oid = r.prpubid)";

}  // namespace

Result<std::set<std::pair<Oid, Oid>>> read_live_objects(postgres::Connection& source) {
  const Result<postgres::Rows> rows = source.query(kObjects);
  if (!rows) return rows.error().during("looking for live copies of the source");
  std::set<std::pair<Oid, Oid>> objects;
  for (int row = 0; row < rows->size(); ++row) objects.emplace(rows->oid(row, 0), rows->oid(row, 1));
  return objects;
}

}  // namespace pghaul::catalog
