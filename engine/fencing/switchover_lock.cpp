#include "fencing/switchover_lock.h"

#include <fmt/format.h>

#include "postgres/sqlstate.h"

namespace pghaul::fencing {
namespace {

/// The two halves of the lock's key: beside the one that keeps other runs out of a target.
constexpr int kLockClass = 0x70676861;  // "pgha"
constexpr int kLockNumber = 2;
/// Time for which the lock is waited for: a session whose client was killed holds it until the server
/// notices.
constexpr const char* kLockTimeout = "3s";

/// Lists the session that holds the lock.
Result<postgres::Rows> find_holder(postgres::Connection& target) {
  return target.query(
      fmt::format("SELECT l.pid FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory' AND l.granted"
                  " AND l.classid = {} AND l.objid = {} AND l.objsubid = 2 AND l.database ="
                  " (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
                  kLockClass, kLockNumber));
}

}  // namespace

Result<SwitchoverLock> SwitchoverLock::open(const postgres::ConnectionString& target,
                                            const std::stop_token& stop) {
  Result<postgres::Connection> session = postgres::Connection::open(target, postgres::Side::target, {}, stop);
  if (!session) return fail(session.error());
  const Status locked =
      session->execute(fmt::format("SET lock_timeout = '{}'; SELECT pg_catalog.pg_advisory_lock({}, {})",
                                   kLockTimeout, kLockClass, kLockNumber));
  if (locked) return SwitchoverLock(std::move(*session));
  if (locked.error().sqlstate != postgres::kLockNotAvailable)
    return locked.error().during("locking the live copy against other switchovers");
  const Result<postgres::Rows> holder = find_holder(*session);
  const bool known = holder && holder->size() == 1;
  return fail(ErrorCode::refused,
              "another switchover of this live copy is under way" +
                  (known ? fmt::format(": its session in the target is {}", holder->integer(0, 0)) : ""),
              "wait for it, or stop it; if its machine is gone, its session ends by itself when the server "
              "notices, or at once by pg_terminate_backend()");
}

Status SwitchoverLock::check(std::chrono::milliseconds time) {
  const Result<postgres::Rows> held = connection_->query_within(
      fmt::format(
          "SELECT count(*) FROM pg_catalog.pg_locks WHERE pid = pg_catalog.pg_backend_pid() AND granted"
          " AND locktype = 'advisory' AND classid = {} AND objid = {} AND objsubid = 2",
          kLockClass, kLockNumber),
      time);
  if (held && held->integer(0, 0) == 1) return {};
  return fail(ErrorCode::refused,
              "the session that keeps other switchovers of this live copy out is gone" +
                  (held ? std::string() : ": " + held.error().message),
              "somebody ended it, or the server restarted: try again");
}

Result<bool> is_switchover_under_way(postgres::Connection& target) {
  const Result<postgres::Rows> holder = find_holder(target);
  if (!holder) return holder.error().during("looking for a switchover that is under way");
  return holder->size() > 0;
}

}  // namespace pghaul::fencing
