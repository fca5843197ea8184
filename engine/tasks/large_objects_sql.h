#pragma once

#include <string>

#include "catalog/model.h"

namespace pghaul::tasks {

/// Makes the table in which pieces wait on the target, within a transaction, to become objects.
inline constexpr const char* kMakeStaging =
    "CREATE TEMPORARY TABLE pghaul_large_objects (loid oid, start bigint, piece bytea) ON COMMIT DROP";
inline constexpr const char* kStageLargeObjects =
    "COPY pg_temp.pghaul_large_objects FROM STDIN (FORMAT binary)";
/// Makes objects of the pieces that wait there: within the transaction.
inline constexpr const char* kCreateStaged =
    "SELECT pg_catalog.count(pg_catalog.lo_from_bytea(loid, piece))"
    " FROM pg_temp.pghaul_large_objects WHERE start = 0;"
    "SELECT pg_catalog.count(*) FROM (SELECT pg_catalog.lo_put(loid, start, piece)"
    " FROM pg_temp.pghaul_large_objects WHERE start > 0 OFFSET 0) AS appended";

/// WHERE condition for the objects of one of LargeObjects::range_starts: from its first OID up to the next's.
[[nodiscard]] std::string in_range(const catalog::Catalog& source, catalog::Place range,
                                   const std::string& oid = "oid");
inline constexpr int kLargeObjectPieceBytes = 512 * 1024;  // a multiple of the server's LOBLKSIZE

/// Returns a COPY of rows (oid, offset, bytes): each object in pieces, an empty one as one empty piece. Needs
/// no more rights than reading the objects does. `most_pieces`: limit for a sample; 0: all.
[[nodiscard]] std::string copy_large_objects_sql(const catalog::Catalog& source, catalog::Place range,
                                                 int most_pieces = 0);
/// Likewise of those for which `condition`, on their `oid`, holds.
[[nodiscard]] std::string copy_large_objects_sql(const std::string& condition, int most_pieces = 0);

}  // namespace pghaul::tasks
