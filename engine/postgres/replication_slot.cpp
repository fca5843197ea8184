#include "postgres/replication_slot.h"

#include <fmt/format.h>

#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "postgres/sqlstate.h"

namespace pghaul::postgres {
namespace {

constexpr const char* kUndefinedObject = "42704";

/// The oldest transactions that a new slot waits for, of all databases.
constexpr const char* kWriters =
    "(SELECT 'session ' || pid || ' of role ' || coalesce(usename, '?') ||"
    " coalesce(' (' || nullif(application_name, '') || ')', '') || coalesce(' in database ' || datname, '') "
    "||"
    " ', writing since ' || coalesce(xact_start::text, '?') || coalesce(', ' || state, '') ||"
    " CASE WHEN wait_event_type = 'Lock' THEN ', which waits for session ' ||"
    " pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(pid), ', ') ELSE '' END"
    " FROM pg_catalog.pg_stat_activity"
    " WHERE backend_xid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid() ORDER BY xact_start LIMIT 3)"
    " UNION ALL (SELECT 'prepared transaction ' || pg_catalog.quote_literal(gid) || ' of ' || prepared"
    " FROM pg_catalog.pg_prepared_xacts ORDER BY prepared LIMIT 3)";

std::string create_command(const std::string& name, const SlotOptions& options, int version) {
  std::string command = "CREATE_REPLICATION_SLOT " + quote(name);
  if (options.temporary) command += " TEMPORARY";
  command += " LOGICAL pgoutput";
  if (version < 150000) return command + " NOEXPORT_SNAPSHOT";
  return command + (options.failover && version >= 170000 ? " (SNAPSHOT 'nothing', FAILOVER)"
                                                          : " (SNAPSHOT 'nothing')");
}

std::string set_lock_timeout(std::chrono::milliseconds limit) {
  return fmt::format("SELECT pg_catalog.set_config('lock_timeout', '{}ms', false)", limit.count());
}

/// Adds to the error who holds the slot up.
Error held_up(Connection& replication, Error error) {
  const Result<Rows> writers = replication.query(kWriters);
  std::string all;
  for (int row = 0; writers && row < writers->size(); ++row) {
    all += (all.empty() ? "" : "; ") + writers->string(row, 0);
  }
  error.message += ", as transactions that write have not ended in time";
  if (!all.empty()) error.message += ": " + all;
  error.hint =
      "let these transactions end, or end them (pg_terminate_backend(), ROLLBACK PREPARED), and try again";
  return error;
}

}  // namespace

Result<SystemIdentity> identify_system(Connection& replication) {
  const Result<Rows> rows = replication.query("IDENTIFY_SYSTEM");
  if (!rows) return rows.error().during("asking the server who it is");
  const std::optional<Lsn> wal_end = rows->size() == 1 ? parse_lsn(rows->text(0, 2)) : std::nullopt;
  if (!wal_end) return fail(ErrorCode::server_error, "the server does not say how far its WAL goes");
  return SystemIdentity{
      .system_identifier = rows->string(0, 0), .timeline = rows->integer(0, 1), .wal_end = *wal_end};
}

Result<std::optional<Slot>> find_slot(Connection& replication, const std::string& name) {
  const std::string invalid =
      replication.version() >= 130000 ? "coalesce(wal_status = 'lost', false)" : "false";
  const Result<Rows> rows = replication.query(
      "SELECT coalesce(database::text, ''), coalesce(plugin::text, ''), active,"
      " coalesce(confirmed_flush_lsn, '0/0')::text, " +
      invalid + " FROM pg_catalog.pg_replication_slots WHERE slot_name = " + quote_literal(name));
  if (!rows) return rows.error().during("looking for replication slot " + name);
  if (rows->size() == 0) return std::nullopt;
  return Slot{.database = rows->string(0, 0),
              .plugin = rows->string(0, 1),
              .active = rows->boolean(0, 2),
              .invalid = rows->boolean(0, 4),
              .confirmed = parse_lsn(rows->text(0, 3)).value_or(Lsn{})};
}

Result<Lsn> create_slot(Connection& replication, const std::string& name, const SlotOptions& options,
                        const std::stop_token& stop) {
  const std::string doing = "cannot create replication slot " + name;
  const CancelOnStop cancel_on_stop(stop, replication);
  // The command knows no statement_timeout.
  if (Status limited = replication.execute(set_lock_timeout(options.writers_limit)); !limited) {
    return limited.error().during(doing);
  }
  const Result<Rows> made = replication.query(create_command(name, options, replication.version()));
  const Status unlimited = replication.execute(set_lock_timeout({}));
  if (!made && stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  if (!made && made.error().sqlstate == kLockNotAvailable) {
    return held_up(replication, made.error()).during(doing);
  }
  if (!made) return made.error().during(doing);
  if (!unlimited) return unlimited.error().during(doing);
  const std::optional<Lsn> from = made->size() == 1 ? parse_lsn(made->text(0, 1)) : std::nullopt;
  if (!from) return fail(ErrorCode::server_error, doing + ": the server does not say where it begins");
  return *from;
}

Status drop_slot(Connection& replication, const std::string& name, const std::stop_token& stop) {
  const CancelOnStop cancel_on_stop(stop, replication);
  const std::string wait = replication.version() >= 110000 ? " WAIT" : "";
  const Status dropped = replication.execute("DROP_REPLICATION_SLOT " + quote(name) + wait);
  if (dropped || dropped.error().sqlstate == kUndefinedObject) return {};
  if (stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  return dropped.error().during("cannot drop replication slot " + name);
}

}  // namespace pghaul::postgres
