#include "estimate/wal_sample.h"

#include <chrono>

#include "base/wait_for.h"

namespace pghaul::estimate {
namespace {

constexpr std::chrono::milliseconds kSample{3000};
constexpr double kMegabyte = 1 << 20;

constexpr const char* kCounters =
    "SELECT pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()),"
    " (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn)::pg_catalog.float8,"
    " (tup_inserted + tup_updated + tup_deleted)::pg_catalog.float8,"
    " (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size')"
    " FROM pg_catalog.pg_stat_database WHERE datname = pg_catalog.current_database()";

}  // namespace

Result<WalSample> sample_wal(postgres::Connection& source, const std::stop_token& stop) {
  const Result<postgres::Rows> before = source.query(kCounters);
  if (!before) return before.error().during("measuring how much the source writes");
  if (!wait_for(kSample, stop)) return fail(ErrorCode::interrupted, "stopped on request");
  const Result<postgres::Rows> after = source.query(kCounters);
  if (!after) return after.error().during("measuring how much the source writes");
  const auto grown = [&](int column) { return after->real(0, column) - before->real(0, column); };
  WalSample sample{.seconds = grown(0), .wal_bytes = grown(1), .changes = grown(2), .keeps_at_most = {}};
  if (!after->is_null(0, 3) && after->integer(0, 3) >= 0) {
    sample.keeps_at_most = static_cast<std::int64_t>(static_cast<double>(after->integer(0, 3)) * kMegabyte);
  }
  return sample;
}

}  // namespace pghaul::estimate
