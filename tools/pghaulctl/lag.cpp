#include "lag.h"

#include <algorithm>
#include <cstdlib>

namespace pghaul::platform {
namespace {

std::int64_t number(const std::string& text) {
  return std::atoll(text.c_str());
}

/// Writes the expression for the transaction that begins next; a commit takes one number.
constexpr const char* kNext = "pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())";

}  // namespace

/// Asks the follower first, so that what the leader does meanwhile counts as behind.
Result<Lag> measure_lag(Server& leader, Server& follower) {
  const auto there =
      follower.query(std::string("SELECT ") + kNext +
                     ", pg_catalog.pg_last_wal_replay_lsn(), pg_catalog.date_part('epoch', "
                     "pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())");
  if (!there) return tl::make_unexpected(there.error());
  const std::vector<std::string>& replayed = there->front();
  const auto here = leader.query(std::string("SELECT ") + kNext +
                                 ", pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), " +
                                 leader.literal(replayed[1]) + "::pg_lsn)");
  if (!here) return tl::make_unexpected(here.error());
  const std::vector<std::string>& written = here->front();
  Lag lag{.commits = std::max<std::int64_t>(0, number(written[0]) - number(replayed[0])),
          .bytes = std::max<std::int64_t>(0, number(written[1]))};
  if (lag.bytes == 0) lag.seconds = 0;
  if (lag.bytes > 0 && !replayed[2].empty()) lag.seconds = std::strtod(replayed[2].c_str(), nullptr);
  return lag;
}

}  // namespace pghaul::platform
