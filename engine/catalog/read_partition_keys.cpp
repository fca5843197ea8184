#include <utility>

#include "catalog/oid_array.h"
#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Recognizes what is sorted by bytes and needs no library: C, POSIX, and PostgreSQL 17's built-in provider.
/// An expression is stored as a tree of nodes, each of which names the function that it calls.
std::string partition_keys_sql(int version) {
  const std::string deterministic = version >= 120000 ? "c.collisdeterministic" : "true";
  return R"(
SELECT kept.place - 1, p.partstrat,
       coalesce(a.atttypid, class.opcintype),
       CASE
         WHEN c.oid IS NULL THEN 'n'
         WHEN c.collname IN ('C', 'POSIX', 'ucs_basic') AND c.collnamespace = 'pg_catalog'::regnamespace
           OR c.collprovider = 'c' AND c.collcollate ~ '^(C|POSIX)$' OR c.collprovider = 'b' THEN 'b'
         WHEN c.collprovider = 'd' THEN 'd'
         ELSE 'l'
       END,
       coalesce()" +
         deterministic + R"(, true),
       class.oid >= )" +
         std::to_string(kFirstUserOid) + R"(,
       p.partattrs[i] = 0,
       p.partattrs[i] = 0 AND EXISTS (
         SELECT
         FROM pg_catalog.regexp_matches(p.partexprs::text, ':(?:op)?funcid ([0-9]+)', 'g') AS called(id)
         JOIN pg_catalog.pg_proc AS f ON f.oid = called.id[1]::oid
         WHERE f.oid >= )" +
         std::to_string(kFirstUserOid) + R"( OR f.proname ~ 'hash')
FROM pg_catalog.unnest($1::oid[]) WITH ORDINALITY AS kept(oid, place)
JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = kept.oid
CROSS JOIN LATERAL pg_catalog.generate_series(0, p.partnatts - 1) AS i
JOIN pg_catalog.pg_opclass AS class ON class.oid = p.partclass[i]
LEFT JOIN pg_catalog.pg_collation AS c ON c.oid = p.partcollation[i]
LEFT JOIN pg_catalog.pg_attribute AS a
  ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[i] AND p.partattrs[i] <> 0
ORDER BY kept.place, i)";
}

}  // namespace

Status read_partition_keys(postgres::Connection& connection, std::vector<Relation>& relations) {
  const Result<postgres::Rows> rows = connection.query(partition_keys_sql(connection.version()),
                                                       {oid_array(relations, OfExtensions::wanted)});
  if (!rows) return rows.error().during(listing("partition keys", connection));
  for (int row = 0; row < rows->size(); ++row) {
    PartitionKey& key = relations[static_cast<Place>(rows->integer(row, 0))].partition_key;
    key.strategy = rows->text(row, 1).front();
    key.columns.push_back({.type = rows->oid(row, 2),
                           .collation = rows->text(row, 3).front(),
                           .deterministic = rows->boolean(row, 4),
                           .own_operators = rows->boolean(row, 5)});
    key.computed = key.computed || rows->boolean(row, 6);
    key.calls_functions = key.calls_functions || rows->boolean(row, 7);
  }
  return {};
}

}  // namespace pghaul::catalog
