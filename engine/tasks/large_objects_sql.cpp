#include "tasks/large_objects_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace pghaul::tasks {

std::string in_range(const catalog::Catalog& source, catalog::Place range, const std::string& oid) {
  const std::vector<catalog::Oid>& starts = source.large_objects.range_starts;
  std::string sql = fmt::format("{} >= {}", oid, starts[range]);
  if (range + 1 < starts.size()) sql += fmt::format(" AND {} < {}", oid, starts[range + 1]);
  const std::vector<catalog::Oid>& hidden = source.large_objects.unreadable;
  const auto first = std::ranges::lower_bound(hidden, range == 0 ? 0 : starts[range]);
  const auto end =
      range + 1 < starts.size() ? std::ranges::lower_bound(hidden, starts[range + 1]) : hidden.end();
  if (first >= end) return sql;
  return sql + fmt::format(" AND {} NOT IN (SELECT pg_catalog.unnest('{{{}}}'::oid[]))", oid,
                           fmt::join(first, end, ","));
}

/// Source  PostgreSQL manual, "Large Objects", "Server-Side Functions"; 262144 is INV_READ.
std::string copy_large_objects_sql(const std::string& condition, int most_pieces) {
  return fmt::format(
      "COPY (SELECT sized.oid, piece.start, pg_catalog.lo_get(sized.oid, piece.start, {0})"
      " FROM (SELECT opened.oid, pg_catalog.lo_lseek64(opened.fd, 0, 2) AS bytes, "
      "pg_catalog.lo_close(opened.fd)"
      "       FROM (SELECT oid, pg_catalog.lo_open(oid, 262144) AS fd"
      "             FROM pg_catalog.pg_largeobject_metadata WHERE {1} OFFSET 0) AS opened OFFSET 0) AS sized,"
      " LATERAL pg_catalog.generate_series(0::bigint, greatest(sized.bytes - 1, 0), {0}) AS piece(start)"
      "{2}) TO STDOUT (FORMAT binary)",
      kLargeObjectPieceBytes, condition, most_pieces > 0 ? fmt::format(" LIMIT {}", most_pieces) : "");
}

std::string copy_large_objects_sql(const catalog::Catalog& source, catalog::Place range, int most_pieces) {
  return copy_large_objects_sql(in_range(source, range), most_pieces);
}

}  // namespace pghaul::tasks
