#include <cstddef>

#include "catalog/oid_array.h"
#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Lists types whose own way of gathering statistics puts into pg_stats all that it gathers. Extensions' ways
/// gather what only they can read.
std::string shown_whole(int version) {
  std::string ways = "0, 'pg_catalog.array_typanalyze'::regproc, 'pg_catalog.ts_typanalyze'::regproc";
  if (version >= 170000) {  // since then pg_stats shows the statistics of ranges
    ways += ", 'pg_catalog.range_typanalyze'::regproc, 'pg_catalog.multirange_typanalyze'::regproc";
  }
  return ways;
}

/// Finds, among the relations of the given places, those for which pg_stats shows all that ANALYZE would
/// gather, of the table and of expressions in its indexes, and of which no more than a fifth of the rows has
/// changed since. Extended statistics can't be imported.
std::string statistics_sql(int version) {
  const std::string is_kept = version >= 180000 ? " AND a.attgenerated <> 'v'" : "";
  return R"(
WITH kept AS (
  SELECT given.place, c.oid, c.relkind, c.relname, c.relnamespace
  FROM pg_catalog.unnest($1::oid[]) WITH ORDINALITY AS given(oid, place)
  JOIN pg_catalog.pg_class AS c ON c.oid = given.oid
  WHERE pg_catalog.pg_stat_get_mod_since_analyze(c.oid) <= 0.2 * c.reltuples
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_statistic_ext AS e WHERE e.stxrelid = c.oid)
), wanted AS (
  SELECT kept.place, kept.relnamespace, kept.relname, a.attname, a.atttypid, tree.inherited
  FROM kept
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = kept.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attstattarget IS DISTINCT FROM 0)" +
         is_kept + R"(
  JOIN (VALUES (false), (true)) AS tree(inherited)
    ON CASE
         WHEN tree.inherited THEN EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhparent = kept.oid)
         ELSE kept.relkind = 'r'
       END
  UNION ALL
  SELECT kept.place, c.relnamespace, c.relname, a.attname, a.atttypid, false
  FROM kept
  JOIN pg_catalog.pg_index AS x ON x.indrelid = kept.oid AND x.indisvalid AND 0 = ANY (x.indkey)
  JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid AND c.relkind = 'i'
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND x.indkey[a.attnum - 1] = 0
    AND a.attstattarget IS DISTINCT FROM 0
)
SELECT kept.place - 1
FROM kept
WHERE kept.place NOT IN (
  SELECT pg_catalog.min(one.place)
  FROM (
    SELECT w.place, n.nspname, w.relname, w.attname, w.inherited
    FROM wanted AS w
    JOIN pg_catalog.pg_namespace AS n ON n.oid = w.relnamespace
    UNION ALL
    SELECT NULL, s.schemaname, s.tablename, s.attname, s.inherited
    FROM pg_catalog.pg_stats AS s
    WHERE s.tablename = ANY (ARRAY(SELECT w.relname FROM wanted AS w))
  ) AS one(place, nspname, relname, attname, inherited)
  GROUP BY one.nspname, one.relname, one.attname, one.inherited
  HAVING pg_catalog.count(*) = pg_catalog.count(one.place))
AND kept.place NOT IN (
  SELECT w.place
  FROM wanted AS w
  JOIN pg_catalog.pg_type AS t ON t.oid = w.atttypid
  WHERE t.typanalyze::oid NOT IN ()" +
         shown_whole(version) + "))";
}

}  // namespace

Status read_statistics(postgres::Connection& connection, std::vector<Relation>& relations,
                       const std::function<bool(const Relation&)>& worth) {
  std::vector<Oid> asked;
  std::vector<Relation*> relation_of;
  for (Relation& relation : relations) {
    if (!worth(relation)) continue;
    asked.push_back(relation.oid);
    relation_of.push_back(&relation);
  }
  if (asked.empty()) return {};
  const Result<postgres::Rows> rows =
      connection.query(statistics_sql(connection.version()), {oid_array(asked)});
  if (!rows) return rows.error().during(listing("planner statistics", connection));
  for (int row = 0; row < rows->size(); ++row) {
    relation_of[static_cast<std::size_t>(rows->integer(row, 0))]->has_statistics = true;
  }
  return {};
}

}  // namespace pghaul::catalog
