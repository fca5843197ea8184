#include <algorithm>
#include <string>

#include "catalog/read_catalog.h"
#include "catalog/read_objects.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Source  PostgreSQL's src/backend/storage/large_object/inv_api.c, inv_open().
constexpr const char* kReadable = R"(
  role.rolsuper
  OR pg_catalog.current_setting('lo_compat_privileges')::bool
  OR m.lomacl IS NULL AND pg_catalog.pg_has_role(m.lomowner, 'USAGE')
  OR EXISTS (
    SELECT FROM pg_catalog.aclexplode(m.lomacl) AS granted
    WHERE granted.privilege_type = 'SELECT'
      AND (granted.grantee = 0 OR pg_catalog.pg_has_role(granted.grantee, 'USAGE'))))";

const std::string kCensus = std::string(R"(
SELECT pg_catalog.count(m.lomowner),
       pg_catalog.count(m.lomowner) FILTER (WHERE NOT ()") +
                            kReadable + R"()),
       pg_catalog.pg_relation_size('pg_catalog.pg_largeobject', 'main'),
       pg_catalog.has_table_privilege('pg_catalog.pg_largeobject', 'SELECT')
FROM pg_catalog.pg_roles AS role
LEFT JOIN pg_catalog.pg_largeobject_metadata AS m ON true
WHERE role.rolname = current_user)";

const std::string kUnreadable = std::string(R"(
SELECT m.oid
FROM pg_catalog.pg_roles AS role
CROSS JOIN pg_catalog.pg_largeobject_metadata AS m
WHERE role.rolname = current_user AND NOT ()") +
                                kReadable + ") ORDER BY m.oid";

/// Bytes sampled from the pages that hold the objects: enough to tell large ones from small ones.
constexpr double kSampledBytes = 16.0 * 1024 * 1024;

/// Cuts the objects, in the order of their OIDs, into ranges of equal weight. Each weighs as much as one of
/// the 2 kB rows that hold its bytes, for the round trips that it costs, and as many such rows as it has by a
/// sample. Without the right to look at those rows all weigh the same.
std::string ranges_sql(std::int64_t bytes, bool may_sample, int ranges) {
  std::string rows_of_bytes;
  if (may_sample && bytes > 0) {
    const double percent = std::min(100.0, 100.0 * kSampledBytes / static_cast<double>(bytes));
    rows_of_bytes = " UNION ALL SELECT loid, " + std::to_string(100.0 / percent) +
                    " FROM pg_catalog.pg_largeobject TABLESAMPLE SYSTEM (" + std::to_string(percent) +
                    ") REPEATABLE (1)";
  }
  const std::string count = std::to_string(ranges);
  return R"(
WITH weighed(oid, weight) AS (
  SELECT oid, 1.0::float8 FROM pg_catalog.pg_largeobject_metadata)" +
         rows_of_bytes + R"(
), running AS (
  SELECT oid, pg_catalog.sum(weight) OVER (ORDER BY oid) AS upto, pg_catalog.sum(weight) OVER () AS total
  FROM weighed
)
SELECT pg_catalog.min(oid)
FROM running
GROUP BY least(pg_catalog.ceil(upto * )" +
         count + " / total), " + count + R"()
ORDER BY 1)";
}

}  // namespace

Result<LargeObjects> read_large_objects(postgres::Connection& connection, int ranges) {
  const Result<postgres::Rows> census = connection.query(kCensus);
  if (!census) return census.error().during(listing("large objects", connection));
  LargeObjects objects;
  objects.count = census->integer(0, 0);
  if (objects.count == 0) return objects;
  if (census->integer(0, 1) > 0) {
    const Result<postgres::Rows> unreadable = connection.query(kUnreadable);
    if (!unreadable) return unreadable.error().during(listing("large objects", connection));
    for (int row = 0; row < unreadable->size(); ++row) objects.unreadable.push_back(unreadable->oid(row, 0));
  }
  objects.bytes = census->integer(0, 2);

  const Result<postgres::Rows> starts =
      connection.query(ranges_sql(objects.bytes, census->boolean(0, 3), std::max(1, ranges)));
  if (!starts) return starts.error().during(listing("large objects", connection));
  for (int row = 0; row < starts->size(); ++row) objects.range_starts.push_back(starts->oid(row, 0));
  return objects;
}

Result<LargeObjects> count_large_objects(postgres::Connection& connection) {
  const Result<postgres::Rows> count =
      connection.query("SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata");
  if (!count) return count.error().during(listing("large objects", connection));
  LargeObjects objects;
  objects.count = count->integer(0, 0);
  return objects;
}

Result<std::vector<Oid>> read_large_object_groups(postgres::Connection& connection, int groups) {
  const Result<postgres::Rows> starts = connection.query(
      "SELECT oid FROM (SELECT oid, pg_catalog.row_number() OVER (ORDER BY oid) - 1 AS place,"
      " pg_catalog.count(*) OVER () AS count FROM pg_catalog.pg_largeobject_metadata) AS numbered"
      " WHERE place % (count / " +
      std::to_string(groups) + " + 1) = 0 ORDER BY oid");
  if (!starts) return starts.error().during(listing("large objects", connection));
  std::vector<Oid> first;
  for (int row = 0; row < starts->size(); ++row) first.push_back(starts->oid(row, 0));
  return first;
}

}  // namespace pghaul::catalog
