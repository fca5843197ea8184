#include "discovery/target_hold.h"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "postgres/pooling.h"
#include "postgres/sqlstate.h"

namespace pghaul::discovery {
namespace {

/// The two halves of the lock's key; the server keeps locks of each database apart.
constexpr int kLockClass = 0x70676861;  // "pgha"
constexpr int kLockNumber = 1;
/// Time for which the lock is waited for: a session whose client is gone, or was killed, holds it until the
/// server notices.
constexpr std::chrono::seconds kLockTimeout{3};

Error held_by_another(postgres::Connection& target) {
  Error refusal{ErrorCode::refused, "another pghaul is working in this target", postgres::kLockNotAvailable,
                "wait for it, or stop it; if its machine is gone, its session ends by itself when the server "
                "notices, or at once by pg_terminate_backend()"};
  const Result<postgres::Rows> holder = target.query(fmt::format(
      "SELECT a.pid, coalesce(pg_catalog.host(a.client_addr), 'this host'),"
      " pg_catalog.to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS')"
      " FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid"
      " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {} AND l.objid = {} AND l.objsubid = 2"
      " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
      "pg_catalog.current_database())",
      kLockClass, kLockNumber));
  if (holder && holder->size() == 1) {
    refusal.message += fmt::format(": its session is {} from {}, since {} UTC", holder->text(0, 0),
                                   holder->text(0, 1), holder->text(0, 2));
  }
  return refusal;
}

}  // namespace

Result<TargetHold> TargetHold::open(const postgres::ConnectionString& server, const std::stop_token& stop) {
  Result<postgres::Connection> opened = postgres::Connection::open(server, postgres::Side::target, {}, stop);
  if (!opened) return fail(opened.error());
  auto connection = std::make_unique<postgres::Connection>(std::move(*opened));
  const Status direct = postgres::refuse_shared_sessions(*connection, server);
  if (!direct) return fail(direct.error());
  connection->send_ahead(fmt::format("SET lock_timeout = '{}s'", kLockTimeout.count()));
  const Status locked = connection->execute(fmt::format(
      "SELECT pg_catalog.pg_advisory_lock({}, {}); SET lock_timeout = 0", kLockClass, kLockNumber));
  if (!locked && locked.error().sqlstate == postgres::kLockNotAvailable)
    return fail(held_by_another(*connection));
  if (!locked) return locked.error().during("locking the target against other runs");
  const std::string session = std::to_string(connection->session());
  return TargetHold(std::move(connection), session);
}

std::string TargetHold::still_held_sql() const {
  return fmt::format(
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory' AND l.granted"
      " AND l.classid = {} AND l.objid = {} AND l.objsubid = 2 AND l.pid = {} AND l.database ="
      " (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))",
      kLockClass, kLockNumber, session_);
}

Result<bool> is_target_held(postgres::Connection& target) {
  const Result<postgres::Rows> held = target.query(fmt::format(
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory' AND l.granted"
      " AND l.classid = {} AND l.objid = {} AND l.objsubid = 2 AND l.database ="
      " (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))",
      kLockClass, kLockNumber));
  if (!held) return held.error().during("looking for a run that works in the target");
  return held->boolean(0, 0);
}

}  // namespace pghaul::discovery
