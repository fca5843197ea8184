#include "catalog/writers.h"

#include <algorithm>

#include "catalog/user_objects.h"
#include "postgres/visible_transactions.h"

namespace pghaul::catalog {
namespace {

/// Counts transactions by their locks on themselves, which every role sees; a prepared one has no session.
constexpr const char* kWriters = R"(
SELECT (SELECT pg_catalog.count(DISTINCT l.virtualtransaction)
        FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
        WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
          AND a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid())
     + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts AS p
        WHERE p.database = pg_catalog.current_database()),
       (SELECT coalesce(pg_catalog.sum(t.n_tup_ins + t.n_tup_upd + t.n_tup_del), 0)::bigint
        FROM pg_catalog.pg_stat_user_tables AS t))";

}  // namespace

Result<Writers> read_writers(postgres::Connection& connection) {
  const Result<postgres::Rows> rows = connection.query(kWriters);
  if (!rows) return rows.error().during(listing("writers", connection));
  return Writers{rows->integer(0, 0), rows->integer(0, 1)};
}

/// Takes states apart: "771:780:771,775 since 1700000000.5" is a snapshot, and when the server started.
std::int64_t transactions_between(const std::string& then, const std::string& now) {
  const std::size_t then_snapshot = std::min(then.find(' '), then.size());
  const std::size_t now_snapshot = std::min(now.find(' '), now.size());
  const auto before = postgres::VisibleTransactions::parse(then.substr(0, then_snapshot));
  const auto after = postgres::VisibleTransactions::parse(now.substr(0, now_snapshot));
  if (!before || !after || then.substr(then_snapshot) != now.substr(now_snapshot)) return 0;
  auto ended = static_cast<std::int64_t>(after->end() - before->end());
  for (const std::uint64_t one : after->running()) ended -= one >= before->end() ? 1 : 0;
  for (const std::uint64_t one : before->running()) {
    ended += std::ranges::binary_search(after->running(), one) ? 0 : 1;
  }
  return ended;
}

}  // namespace pghaul::catalog
