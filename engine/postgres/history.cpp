#include "postgres/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "base/wait_for.h"

namespace pghaul::postgres {
namespace {

/// The identity and a standby's timeline are asked for apart, as a role may not be allowed to.
constexpr const char* kHistory = R"(
SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'),
       CASE WHEN NOT pg_catalog.pg_is_in_recovery()
            THEN pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) END,
       (SELECT oid::text FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()),
       pg_catalog.pg_postmaster_start_time()::text, pg_catalog.pg_is_in_recovery(),
       pg_catalog.current_setting('fsync')::bool,
       pg_catalog.txid_snapshot_xmin(now), pg_catalog.txid_snapshot_xmax(now),
       CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
            ELSE pg_catalog.pg_current_wal_insert_lsn() END
FROM pg_catalog.txid_current_snapshot() AS now)";

/// Half of the numbers that transactions have, less a reserve for what begins while tables are read.
constexpr std::uint64_t kMostTransactions = (std::uint64_t{1} << 31) - 1'000'000;

}  // namespace

Result<History> read_history(Connection& server) {
  const Result<Rows> rows = server.query(kHistory);
  if (!rows) return rows.error().during("reading which history the database has");
  History history{.server = {},
                  .timeline = rows->is_null(0, 1) ? std::string() : rows->string(0, 1),
                  .database = rows->string(0, 2),
                  .started = rows->string(0, 3),
                  .standby = rows->boolean(0, 4),
                  .durable = rows->boolean(0, 5),
                  .xmin = static_cast<std::uint64_t>(rows->integer(0, 6)),
                  .xmax = static_cast<std::uint64_t>(rows->integer(0, 7)),
                  .position = parse_lsn(rows->text(0, 8)).value_or(Lsn{})};
  if (!rows->boolean(0, 0)) return history;
  const Result<Rows> identity = server.query(
      history.standby ? "SELECT system_identifier::text, CASE WHEN pg_catalog.has_function_privilege("
                        "'pg_catalog.pg_control_checkpoint()', 'EXECUTE') THEN (SELECT timeline_id::text"
                        " FROM pg_catalog.pg_control_checkpoint()) END FROM pg_catalog.pg_control_system()"
                      : "SELECT system_identifier::text FROM pg_catalog.pg_control_system()");
  if (!identity) return identity.error().during("reading the server's identity");
  history.server = identity->string(0, 0);
  if (history.standby && !identity->is_null(0, 1)) history.timeline = identity->string(0, 1);
  return history;
}

Lsn end_before(Lsn next, std::uint64_t page_bytes, std::uint64_t segment_bytes) {
  constexpr std::uint64_t kLongHeader = 40;   // of a segment's first page
  constexpr std::uint64_t kShortHeader = 24;  // of all others
  if (next.value % segment_bytes == kLongHeader) return Lsn{next.value - kLongHeader};
  if (next.value % page_bytes == kShortHeader) return Lsn{next.value - kShortHeader};
  return next;
}

Status wait_until_flushed(Connection& server, Lsn position, const std::stop_token& stop) {
  const char* const doing = "waiting for the WAL to be on disk";
  const Result<Rows> sizes = server.query(
      "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('wal_block_size')::bigint,"
      " pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size'))");
  if (!sizes) return sizes.error().during(doing);
  if (sizes->boolean(0, 0)) return {};  // what a standby has replayed is on its disk
  position = end_before(position, static_cast<std::uint64_t>(sizes->integer(0, 1)),
                        static_cast<std::uint64_t>(sizes->integer(0, 2)));
  for (;;) {
    const Result<Rows> flushed = server.query("SELECT pg_catalog.pg_current_wal_flush_lsn()");
    if (!flushed) return flushed.error().during(doing);
    if (parse_lsn(flushed->text(0, 0)).value_or(Lsn{}) >= position) return {};
    if (!wait_for(std::chrono::milliseconds(50), stop))
      return fail(ErrorCode::interrupted, "stopped on request");
  }
}

std::string break_between(const History& then, const History& now, bool only_restarted) {
  if (then.server.empty() || now.server.empty()) return "the role may not see the server's identity";
  if (then.server != now.server) return "it is another server than the one that was copied";
  if (then.database != now.database) return "it is another database than the one that was copied";
  if (then.standby != now.standby) return "one of the two was read from a standby";
  if (then.timeline.empty() || then.timeline != now.timeline)
    return "the server has been promoted or restored since the copy";
  if (!then.durable || !now.durable) return "fsync is off on the server, which may have lost commits";
  if (now.xmax < then.xmax || now.xmin < then.xmin || now.position < then.position)
    return "the server is at an earlier state than the one that was copied";
  if (now.xmax - then.xmin >= kMostTransactions)
    return "more than 2^31 transactions have begun since the copy";
  if (then.started != now.started && !only_restarted) {
    return "the server has been restarted since the copy, which can't be told from restored files "
           "(if it was only restarted: --source-only-restarted)";
  }
  return {};
}

Result<bool> only_wrote_since(Connection& server, const History& then, std::span<const std::uint64_t> own) {
  if (then.xmin != then.xmax) return false;  // others had begun to write
  const Result<Rows> now =
      server.query("SELECT pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())");
  if (!now) return now.error().during("looking for other transactions");
  const auto next = static_cast<std::uint64_t>(now->integer(0, 0));
  const auto known =
      std::ranges::count_if(own, [&](std::uint64_t number) { return number >= then.xmax && number < next; });
  return next - then.xmax == static_cast<std::uint64_t>(known);
}

std::string possibly_new_sql(std::uint64_t xmin) {
  constexpr std::uint32_t kHalf = std::uint32_t{1} << 31;
  const auto first = static_cast<std::uint32_t>(xmin);
  const std::uint32_t last = first + (kHalf - 1);
  const bool turns = last < first;  // beyond the last number the first one follows
  return fmt::format(R"(pg_catalog.xidsend(xmin) {}BETWEEN '\x{:08x}' AND '\x{:08x}')", turns ? "NOT " : "",
                     turns ? last + 1 : first, turns ? first - 1 : last);
}

std::string possibly_new_sql(std::uint64_t xmin, std::span<const std::uint64_t> writers) {
  if (writers.empty()) return possibly_new_sql(xmin);
  std::string stored;  // the part of each number that rows keep
  for (const std::uint64_t writer : writers) {
    fmt::format_to(std::back_inserter(stored), "{}{}", stored.empty() ? "" : ",",
                   static_cast<std::uint32_t>(writer));
  }
  return fmt::format("xmin <> ALL ('{{{}}}'::pg_catalog.xid[]) AND {}", stored, possibly_new_sql(xmin));
}

}  // namespace pghaul::postgres
