#include "catalog/writers.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "catalog/user_objects.h"

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

/// A snapshot as read_state() gives it: "771:780:771,775 since 1700000000.5".
struct State {
  std::int64_t end = 0;               // the first transaction that had not begun
  std::vector<std::int64_t> running;  // those before it that had not ended
  std::string_view since;             // when the server started
};

std::optional<std::int64_t> number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<State> parse(std::string_view text) {
  State state;
  const auto skip = [&](char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
  };
  if (!number(text) || !skip(':')) return std::nullopt;
  const std::optional<std::int64_t> end = number(text);
  if (!end || !skip(':')) return std::nullopt;
  state.end = *end;
  while (const std::optional<std::int64_t> one = number(text)) {
    state.running.push_back(*one);
    if (!skip(',')) break;
  }
  state.since = text;
  return state;
}

bool contains(const std::vector<std::int64_t>& all, std::int64_t one) {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace

Result<Writers> read_writers(postgres::Connection& connection) {
  const Result<postgres::Rows> rows = connection.query(kWriters);
  if (!rows) return rows.error().during(listing("writers", connection));
  return Writers{rows->integer(0, 0), rows->integer(0, 1)};
}

std::int64_t transactions_between(const std::string& then, const std::string& now) {
  const std::optional<State> before = parse(then);
  const std::optional<State> after = parse(now);
  if (!before || !after || before->since != after->since) return 0;
  std::int64_t ended = after->end - before->end;
  for (const std::int64_t one : after->running) ended -= one >= before->end ? 1 : 0;
  for (const std::int64_t one : before->running) ended += contains(after->running, one) ? 0 : 1;
  return ended;
}

}  // namespace pghaul::catalog
