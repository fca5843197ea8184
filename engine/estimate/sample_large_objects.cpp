#include "estimate/sample_large_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "base/units.h"
#include "measure/sample_statistics.h"
#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/transaction.h"
#include "tasks/large_objects_sql.h"
#include "verify/read_back.h"
#include "verify/row_digest.h"

namespace pghaul::estimate {
namespace {

using postgres::CopyFormat;

constexpr int kObjects = 500;
constexpr int kBytesEach = 16 * 1024;  // limit for one object
constexpr int kLargeBytes = 8 * 1024 * 1024;

constexpr const char* kMakeSmall =
    "CREATE TEMPORARY TABLE pghaul_made ON COMMIT DROP AS"
    " SELECT pg_catalog.lo_from_bytea(0, piece) AS oid FROM pg_temp.pghaul_large_objects";
constexpr const char* kMakeLarge =
    "TRUNCATE pg_temp.pghaul_made;"
    "INSERT INTO pg_temp.pghaul_made SELECT pg_catalog.lo_from_bytea(0, '');"
    "SELECT pg_catalog.count(*) FROM (SELECT pg_catalog.lo_put(made.oid, start, piece)"
    " FROM pg_temp.pghaul_made AS made, pg_temp.pghaul_large_objects OFFSET 0) AS appended";
constexpr const char* kReadBack =
    "COPY (SELECT oid, start, pg_catalog.lo_get(oid, start, 524288) FROM pg_temp.pghaul_made,"
    " pg_catalog.generate_series(0, {}, 524288) AS start) TO STDOUT (FORMAT binary)";

struct Took {
  double write = 0;
  double read = 0;
  double gb = 0;  // size on the target's disk
};

/// Returns a query for (oid, first bytes) of objects from all over the catalog.
std::string picked(const catalog::LargeObjects& objects) {
  const double percent = std::min(100.0, 100.0 * 4 * kObjects / static_cast<double>(objects.count));
  return fmt::format(
      "SELECT oid, pg_catalog.lo_get(oid, 0, {}) AS piece FROM (SELECT oid FROM "
      "pg_catalog.pg_largeobject_metadata TABLESAMPLE SYSTEM ({}) REPEATABLE (1)"
      " WHERE oid <> ALL ('{{{}}}'::oid[]) LIMIT {}) AS few",
      kBytesEach, percent, fmt::join(objects.unreadable, ","), kObjects);
}

std::string copy_small(const catalog::LargeObjects& objects) {
  return fmt::format("COPY (SELECT oid, 0::bigint, piece FROM ({}) AS picked) TO STDOUT (FORMAT binary)",
                     picked(objects));
}

/// Returns a COPY of the picked bytes, over and over, as pieces of one object.
std::string copy_large(const catalog::LargeObjects& objects) {
  return fmt::format(
      "COPY (WITH once AS MATERIALIZED (SELECT pg_catalog.string_agg(piece, '') AS bytes FROM ({}) AS "
      "picked),"
      " often AS MATERIALIZED (SELECT pg_catalog.string_agg(bytes, '') AS bytes FROM once,"
      " pg_catalog.generate_series(1, {} / greatest(1000, pg_catalog.length(bytes)) + 1))"
      " SELECT 0::oid, start, pg_catalog.substr(bytes, start::int + 1, 524288)"
      " FROM often, pg_catalog.generate_series(0::bigint, least({}, pg_catalog.length(bytes)) - 1, 524288)"
      " AS start) TO STDOUT (FORMAT binary)",
      picked(objects), kLargeBytes, kLargeBytes);
}

Result<double> gigabytes_on_disk(postgres::Connection& target) {
  const Result<postgres::Rows> size =
      target.query("SELECT pg_catalog.pg_relation_size('pg_catalog.pg_largeobject', 'main')");
  if (!size) return fail(size.error());
  return static_cast<double>(size->integer(0, 0)) / kGigabyte;
}

Result<Took> try_out(postgres::Connection& source, postgres::Connection& target, pipeline::Lane& lane,
                     pipeline::Chunk& buffer, const std::string& rows, const char* make, int read_to) {
  Took took;
  if (Status emptied = target.execute("TRUNCATE pg_temp.pghaul_large_objects"); !emptied) {
    return fail(emptied.error());
  }
  const Result<double> before = gigabytes_on_disk(target);
  if (!before) return fail(before.error());
  auto start = std::chrono::steady_clock::now();
  Result<postgres::CopyOut> pieces =
      postgres::CopyOut::begin(source, rows, CopyFormat::binary, "large objects");
  if (!pieces) return fail(pieces.error());
  Result<postgres::CopyIn> staging =
      postgres::CopyIn::begin(target, tasks::kStageLargeObjects, CopyFormat::binary, "a sample");
  if (!staging) {
    pieces->abandon();  // there are few, and tables are tried after them
    return fail(staging.error());
  }
  verify::RowDigest tap;
  if (Status moved = lane.run(*pieces, *staging, tap); !moved) return fail(moved.error());
  if (Status made = target.execute(make); !made) return fail(made.error());
  took.write = measure::seconds_since(start);
  const Result<double> after = gigabytes_on_disk(target);
  if (!after) return fail(after.error());
  // A file with free space from before does not grow.
  took.gb = std::max(*after - *before, static_cast<double>(tap.digest().bytes) / kGigabyte);

  start = std::chrono::steady_clock::now();
  Result<postgres::CopyOut> back = postgres::CopyOut::begin(
      target, fmt::format(fmt::runtime(kReadBack), read_to), CopyFormat::binary, "large objects");
  if (!back) return fail(back.error());
  if (const Result<verify::Digest> digest = verify::read_back(*back, buffer); !digest) {
    return fail(digest.error());
  }
  took.read = measure::seconds_since(start);
  return took;
}

}  // namespace

Status sample_large_objects(const discovery::Discovery& found, postgres::Connection& source,
                            postgres::Connection& target, pipeline::Lane& lane, pipeline::Chunk& buffer,
                            plan::Rates& rates) {
  const catalog::LargeObjects& objects = found.source.large_objects;
  const Result<postgres::Transaction> reading = found.source_hold->snapshot().begin(source);
  if (!reading) return fail(reading.error());
  const postgres::Transaction rolled_back = postgres::Transaction::begin(target);
  if (Status made = target.execute(tasks::kMakeStaging); !made) return made;
  const Result<Took> small = try_out(source, target, lane, buffer, copy_small(objects), kMakeSmall, 0);
  if (!small) return fail(small.error());
  const Result<Took> large =
      try_out(source, target, lane, buffer, copy_large(objects), kMakeLarge, kLargeBytes - 1);
  if (!large) return fail(large.error());

  if (large->gb <= 0) return {};
  const auto count = static_cast<double>(std::min<std::int64_t>(kObjects, objects.count));
  rates.large_objects_gb = large->write / large->gb;
  rates.large_objects_read_gb = large->read / large->gb;
  rates.large_object = small->write / count;
  rates.large_object_read = small->read / count;
  rates.large_object_gb = small->gb / count;
  return {};
}

}  // namespace pghaul::estimate
