#include "follow/status.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>

#include "postgres/quote.h"

namespace pghaul::follow {

using postgres::quote_literal;

namespace {

std::string lines(const std::vector<std::string>& all) {
  return quote_literal(fmt::format("{}", fmt::join(all, "\n")));
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) all.push_back(std::move(line));
  return all;
}

}  // namespace

std::string StatusTable::table() const {
  return postgres::quote(schema_, "follow_status");
}

/// Unlogged: it changes each second, and after a crash of the target it is of no use.
Status StatusTable::create(postgres::Connection& target) const {
  const Status created = target.execute(
      "CREATE UNLOGGED TABLE IF NOT EXISTS " + table() +
      " (slot text PRIMARY KEY, state text, why text, source text, position pg_lsn, source_position pg_lsn,"
      " lag_seconds float8, lag_bytes bigint, pending_transactions bigint, transactions bigint,"
      " changes bigint, changes_per_second float8, held_bytes bigint, may_hold_bytes bigint,"
      " written_at timestamptz, writer int, writer_started timestamptz) WITH (fillfactor = 10);"
      "ALTER TABLE " +
      table() +
      " ADD COLUMN IF NOT EXISTS not_ready text, ADD COLUMN IF NOT EXISTS proved_until text,"
      " ADD COLUMN IF NOT EXISTS different text, ADD COLUMN IF NOT EXISTS not_compared text,"
      " ADD COLUMN IF NOT EXISTS carry jsonb, ADD COLUMN IF NOT EXISTS late_writes jsonb");
  if (!created)
    return created.error().during("cannot create the table of the live copy's status in the target");
  return {};
}

Status StatusTable::write(postgres::Connection& target, const std::string& slot,
                          const measure::LiveStatus& status) const {
  const std::string values = fmt::format(
      "{}, {}, {}, {}, {}, {:.3f}, {}, {}, {}, {}, {:.1f}, {}, {}, pg_catalog.clock_timestamp(),"
      " pg_catalog.pg_backend_pid(), (SELECT backend_start FROM pg_catalog.pg_stat_activity"
      " WHERE pid = pg_catalog.pg_backend_pid()), {}, {}, {}, {}",
      quote_literal(status.state), quote_literal(status.why), quote_literal(status.source),
      quote_literal(lsn_text(status.position)), quote_literal(lsn_text(status.source_position)),
      status.lag_seconds, status.lag_bytes, status.pending_transactions, status.transactions, status.changes,
      status.changes_per_second, status.held_bytes,
      status.may_hold_bytes ? fmt::format("{}", *status.may_hold_bytes) : "NULL", lines(status.not_ready),
      status.proof ? fmt::format("{}, {}, {}", quote_literal(status.proof->until),
                                 lines(status.proof->different), lines(status.proof->not_compared))
                   : "NULL, NULL, NULL",
      status.carry
          ? fmt::format("pg_catalog.jsonb_build_object('tables', {}, 'large_objects', {}, 'bytes', {})",
                        status.carry->tables, status.carry->large_objects, status.carry->bytes)
          : "NULL",
      status.late_writes
          ? fmt::format("pg_catalog.jsonb_build_object('transactions', {}, 'last', {}::text)",
                        status.late_writes->transactions, quote_literal(status.late_writes->last))
          : "NULL");
  const Status written = target.execute("BEGIN; DELETE FROM " + table() +
                                        " WHERE slot = " + quote_literal(slot) + "; INSERT INTO " + table() +
                                        " VALUES (" + quote_literal(slot) + ", " + values + "); COMMIT");
  if (!written) return written.error().during("writing the live copy's status to the target");
  return {};
}

Result<std::optional<measure::LiveStatus>> StatusTable::find(postgres::Connection& target,
                                                             const std::string& slot) const {
  const Result<bool> there = exists(target);
  if (!there) return fail(there.error());
  if (!*there) return std::nullopt;
  const Result<postgres::Rows> rows = target.query(
      "SELECT s.state, s.why, s.source, s.position::text, s.source_position::text, s.lag_seconds, "
      "s.lag_bytes,"
      " s.pending_transactions, s.transactions, s.changes, s.changes_per_second, s.held_bytes,"
      " s.may_hold_bytes,"
      " pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - s.written_at), a.pid IS NOT NULL,"
      " coalesce(pg_catalog.to_jsonb(s) ->> 'not_ready', 'it is followed by an older pghaul'),"
      " pg_catalog.to_jsonb(s) ->> 'proved_until', coalesce(pg_catalog.to_jsonb(s) ->> 'different', ''),"
      " coalesce(pg_catalog.to_jsonb(s) ->> 'not_compared', ''),"
      " (pg_catalog.to_jsonb(s) -> 'carry' ->> 'tables')::bigint,"
      " (pg_catalog.to_jsonb(s) -> 'carry' ->> 'large_objects')::boolean,"
      " (pg_catalog.to_jsonb(s) -> 'carry' ->> 'bytes')::bigint,"
      " (pg_catalog.to_jsonb(s) -> 'late_writes' ->> 'transactions')::bigint,"
      " pg_catalog.to_jsonb(s) -> 'late_writes' ->> 'last'"
      " FROM " +
          table() +
          " AS s LEFT JOIN pg_catalog.pg_stat_activity AS a"
          " ON a.pid = s.writer AND a.backend_start = s.writer_started WHERE s.slot = $1",
      {slot});
  if (!rows) return rows.error().during("reading the live copy's status");
  if (rows->size() == 0) return std::nullopt;
  measure::LiveStatus status{.state = rows->string(0, 0),
                             .why = rows->string(0, 1),
                             .source = rows->string(0, 2),
                             .position = parse_lsn(rows->text(0, 3)).value_or(Lsn{}),
                             .source_position = parse_lsn(rows->text(0, 4)).value_or(Lsn{}),
                             .lag_seconds = rows->real(0, 5),
                             .lag_bytes = rows->integer(0, 6),
                             .pending_transactions = static_cast<std::uint64_t>(rows->integer(0, 7)),
                             .transactions = static_cast<std::uint64_t>(rows->integer(0, 8)),
                             .changes = static_cast<std::uint64_t>(rows->integer(0, 9)),
                             .changes_per_second = rows->real(0, 10),
                             .held_bytes = rows->integer(0, 11),
                             .may_hold_bytes = {},
                             .age_seconds = rows->real(0, 13),
                             .running = rows->boolean(0, 14)};
  status.not_ready = split_lines(rows->string(0, 15));
  if (!rows->is_null(0, 16)) {
    status.proof = measure::LiveProof{.until = rows->string(0, 16),
                                      .age_seconds = {},
                                      .different = split_lines(rows->string(0, 17)),
                                      .not_compared = split_lines(rows->string(0, 18))};
  }
  if (!rows->is_null(0, 19)) {
    status.carry = measure::LiveCarry{
        .tables = rows->integer(0, 19), .large_objects = rows->boolean(0, 20), .bytes = rows->integer(0, 21)};
  }
  if (!rows->is_null(0, 22)) {
    status.late_writes = measure::LiveLateWrites{
        .transactions = static_cast<std::uint64_t>(rows->integer(0, 22)), .last = rows->string(0, 23)};
  }
  if (!rows->is_null(0, 12)) status.may_hold_bytes = rows->integer(0, 12);
  return status;
}

Result<std::optional<std::string>> StatusTable::find_last(postgres::Connection& target) const {
  const Result<bool> there = exists(target);
  if (!there) return fail(there.error());
  if (!*there) return std::nullopt;
  const Result<postgres::Rows> rows =
      target.query("SELECT slot FROM " + table() + " ORDER BY written_at DESC LIMIT 1");
  if (!rows) return rows.error().during("reading the live copy's status");
  return rows->size() == 0 ? std::nullopt : std::optional(rows->string(0, 0));
}

Result<bool> StatusTable::exists(postgres::Connection& target) const {
  const Result<postgres::Rows> there =
      target.query("SELECT pg_catalog.to_regclass(" + quote_literal(table()) + ") IS NOT NULL");
  if (!there) return there.error().during("looking for the live copy's status");
  return there->boolean(0, 0);
}

}  // namespace pghaul::follow
