#include "follow/progress.h"

#include <fmt/format.h>

#include <utility>

#include "postgres/quote.h"
#include "postgres/sqlstate.h"

namespace pghaul::follow {
namespace {

using postgres::quote_literal;

constexpr const char* kClaimLimit = "30s";
constexpr const char* kSeesNothing = "1:1:";  // a snapshot

}  // namespace

Progress Progress::at(Lsn position, std::string slot, std::string system_identifier) {
  return {.slot = std::move(slot),
          .system_identifier = std::move(system_identifier),
          .position = position,
          .snapshot = kSeesNothing,
          .snapshot_until = {}};
}

std::string ProgressTable::table() const {
  return postgres::quote(schema_, "follow_progress");
}

std::string ProgressTable::late_tables() const {
  return postgres::quote(schema_, "follow_late_tables");
}

Status ProgressTable::create(postgres::Connection& target) const {
  const Status created =
      target.execute("CREATE TABLE IF NOT EXISTS " + table() +
                     " (slot text PRIMARY KEY, system_identifier text NOT NULL, position "
                     "pg_lsn NOT NULL, snapshot text NOT NULL, snapshot_until pg_lsn NOT NULL)"
                     " WITH (fillfactor = 10); CREATE TABLE IF NOT EXISTS " +
                     late_tables() +
                     " (slot text, source_table oid, snapshot text NOT NULL, snapshot_until pg_lsn NOT NULL,"
                     " PRIMARY KEY (slot, source_table))");
  if (!created) return created.error().during("cannot create the table of progress in the target");
  return {};
}

std::string ProgressTable::insertion(const Progress& progress) const {
  return "INSERT INTO " + table() + " VALUES (" + quote_literal(progress.slot) + ", " +
         quote_literal(progress.system_identifier) + ", " + quote_literal(lsn_text(progress.position)) +
         ", " + quote_literal(progress.snapshot) + ", " + quote_literal(lsn_text(progress.snapshot_until)) +
         ")";
}

std::string ProgressTable::set(const Progress& progress) const {
  return "DELETE FROM " + table() + " WHERE slot = " + quote_literal(progress.slot) + "; " +
         insertion(progress);
}

Status ProgressTable::insert(postgres::Connection& target, const Progress& progress) const {
  // The session's commits don't wait for the disk. This one must: what it says can't be found out again.
  const Status inserted =
      target.execute("BEGIN; SET LOCAL synchronous_commit = on; " + insertion(progress) + "; COMMIT");
  if (!inserted) return inserted.error().during("cannot write how far the target is");
  return {};
}

Status ProgressTable::set_late(postgres::Connection& target, const std::string& slot,
                               const std::vector<LateTable>& tables) const {
  for (const LateTable& late : tables) {
    const Status set = target.execute(fmt::format(
        "INSERT INTO {} VALUES ({}, {}, {}, {}) ON CONFLICT (slot, source_table) DO UPDATE SET snapshot ="
        " excluded.snapshot, snapshot_until = excluded.snapshot_until",
        late_tables(), quote_literal(slot), late.table, quote_literal(late.snapshot),
        quote_literal(lsn_text(late.snapshot_until))));
    if (!set) return set.error().during("cannot write which snapshot a table's rows are of");
  }
  return {};
}

Result<std::optional<Progress>> ProgressTable::find(postgres::Connection& target,
                                                    const std::string& slot) const {
  const Result<postgres::Rows> rows =
      target.query("SELECT system_identifier, position::text, snapshot, snapshot_until::text FROM " +
                       table() + " WHERE slot = $1",
                   {slot});
  if (!rows) return rows.error().during("reading how far the target is");
  if (rows->size() == 0) return std::nullopt;
  Progress progress{.slot = slot,
                    .system_identifier = rows->string(0, 0),
                    .position = parse_lsn(rows->text(0, 1)).value_or(Lsn{}),
                    .snapshot = rows->string(0, 2),
                    .snapshot_until = parse_lsn(rows->text(0, 3)).value_or(Lsn{})};
  Result<std::vector<LateTable>> late = find_late(target, slot);
  if (!late) return fail(late.error());
  progress.late_tables = std::move(*late);
  return progress;
}

Result<std::vector<LateTable>> ProgressTable::find_late(postgres::Connection& target,
                                                        const std::string& slot) const {
  std::vector<LateTable> late;
  const Result<postgres::Rows> exists =
      target.query("SELECT pg_catalog.to_regclass(" + quote_literal(late_tables()) + ") IS NOT NULL");
  if (!exists) return exists.error().during("reading how far the target is");
  if (!exists->boolean(0, 0)) return late;  // begun by an earlier version
  const Result<postgres::Rows> rows = target.query(
      "SELECT source_table, snapshot, snapshot_until::text FROM " + late_tables() + " WHERE slot = $1",
      {slot});
  if (!rows) return rows.error().during("reading under which snapshots the target's tables were copied");
  for (int row = 0; row < rows->size(); ++row) {
    late.push_back({.table = rows->oid(row, 0),
                    .snapshot = rows->string(row, 1),
                    .snapshot_until = parse_lsn(rows->text(row, 2)).value_or(Lsn{})});
  }
  return late;
}

Status ProgressTable::claim(postgres::Connection& target, const std::string& slot) const {
  const std::string lock = "SELECT pg_catalog.pg_advisory_lock(" + quote_literal(table()) +
                           "::pg_catalog.regclass::pg_catalog.oid::pg_catalog.int4, pg_catalog.hashtext(" +
                           quote_literal(slot) + "))";
  Status claimed = target.execute(std::string("SET lock_timeout = '") + kClaimLimit + "'");
  if (claimed) claimed = target.execute(lock);
  if (claimed) claimed = target.execute("SET lock_timeout = 0");
  if (claimed) return {};
  if (claimed.error().sqlstate == postgres::kLockNotAvailable) {
    return fail(ErrorCode::refused,
                "another session applies the changes of replication slot " + slot + " to the target",
                "stop the other pghaul, or end its session");
  }
  return claimed.error().during("claiming the changes of replication slot " + slot);
}

std::string ProgressTable::move(const std::string& slot) const {
  return "UPDATE " + table() + " SET position = $1 WHERE slot = " + quote_literal(slot) +
         " AND position = $2";
}

}  // namespace pghaul::follow
