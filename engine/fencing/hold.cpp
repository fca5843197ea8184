#include "fencing/hold.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/guard.h"
#include "base/wait_for.h"
#include "fencing/blockers.h"
#include "postgres/session_settings.h"
#include "postgres/sqlstate.h"

namespace pghaul::fencing {
namespace {

using std::chrono::milliseconds;

/// Is longer than deadlock_timeout, after which a waiting lock sends an autovacuum away.
constexpr milliseconds kApproach{3000};
constexpr milliseconds kLeastIdle{3000};
constexpr milliseconds kWatchInterval{50};
constexpr int kHasTransactionTimeout = 170000;

/// Tells whether the server gave up the statement because of a limit, a deadlock or a request to cancel it.
bool was_in_the_way(const Error& error) {
  constexpr std::array<std::string_view, 3> kStates{postgres::kQueryCanceled, postgres::kLockNotAvailable,
                                                    postgres::kDeadlockDetected};
  return std::ranges::find(kStates, error.sqlstate) != kStates.end();
}

}  // namespace

Result<Hold> Hold::open(const postgres::ConnectionString& server, milliseconds at_most,
                        const std::stop_token& stop) {
  Result<postgres::Connection> connection =
      postgres::Connection::open(server, postgres::Side::source, {}, stop);
  if (!connection) return fail(connection.error());
  return Hold(std::move(*connection), at_most);
}

/// Has no snapshot: a lock that waits for CREATE INDEX CONCURRENTLY would deadlock with one.
Status Hold::approach(const std::vector<FencedTable>& tables, postgres::Connection& watch) {
  const milliseconds idle = std::max(at_most_, kLeastIdle);
  std::string begin =
      fmt::format("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = {}",
                  idle.count());
  if (connection_.version() >= kHasTransactionTimeout) {
    begin += fmt::format("; SET LOCAL transaction_timeout = {}", (kApproach + at_most_ + kLeastIdle).count());
  }
  if (Status begun = connection_.execute(begin); !begun) return begun;
  begun_ = true;
  std::string queued;  // written by the thread, read after its end
  const std::int64_t session = connection_.session();
  std::jthread watching = guarded_thread(
      "watching the lock",
      [&](const std::stop_token& end) -> Status {
        while (wait_for(kWatchInterval, end)) {
          const Result<std::string> ddl = find_queued_ddl(watch, session);
          if (!ddl) return fail(ddl.error());
          if (ddl->empty()) continue;
          queued = *ddl;
          return watch.execute(fmt::format("SELECT pg_catalog.pg_cancel_backend({})", session));
        }
        return {};
      },
      [](const Error&) {});
  Status locked = lock(tables, "SHARE UPDATE EXCLUSIVE", kApproach);
  watching.request_stop();
  watching.join();
  if (!locked && !queued.empty()) {
    return fail(ErrorCode::refused, "DDL waited for the switchover, and all writers behind it: " + queued);
  }
  return locked;
}

Status Hold::take(const std::vector<FencedTable>& tables, milliseconds limit) {
  return lock(tables, "SHARE ROW EXCLUSIVE", limit);
}

/// Limits the statement: lock_timeout would count for each table again.
Status Hold::lock(const std::vector<FencedTable>& tables, const char* mode, milliseconds limit) {
  if (tables.empty()) return {};
  std::string names;
  for (const FencedTable& table : tables) names += (names.empty() ? "ONLY " : ", ONLY ") + table.name;
  Status locked = limit_to(limit);
  if (locked) locked = connection_.execute(fmt::format("LOCK TABLE {} IN {} MODE", names, mode));
  if (locked) return {};
  release();
  if (!was_in_the_way(locked.error())) return locked.error().during("locking the tables of the source");
  return fail(Error{.code = ErrorCode::refused,
                    .message = fmt::format("the tables could not be locked within {} ms", limit.count()),
                    .sqlstate = locked.error().sqlstate,
                    .hint = {},
                    .object = {}});
}

Status Hold::limit_to(milliseconds time) {
  const auto least = std::max(time, milliseconds(1));  // 0 would be no limit
  return connection_.execute(fmt::format("SET LOCAL statement_timeout = {}", least.count()));
}

Status Hold::commit() {
  Status done = connection_.execute("COMMIT");
  if (done) begun_ = false;
  return done;
}

void Hold::release() {
  if (!std::exchange(begun_, false)) return;
  [[maybe_unused]] const Status released = connection_.execute("ROLLBACK");
}

}  // namespace pghaul::fencing
