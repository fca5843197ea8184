#include "live/barrier_server.h"

#include <fmt/format.h>

#include <utility>

#include "base/live_schema.h"
#include "live/session.h"
#include "postgres/quote.h"

namespace pghaul::live {
namespace {

using postgres::quote_literal;
using postgres::Side;

constexpr std::chrono::seconds kLongest{120};  // that hold() waits
constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

}  // namespace

std::string BarrierTable::table() const {
  return postgres::quote(schema_, "follow_barriers");
}

Status BarrierTable::create(postgres::Connection& target) const {
  const Status created = target.execute(
      "CREATE UNLOGGED TABLE IF NOT EXISTS " + table() +
      " (number bigserial PRIMARY KEY, asked_by int NOT NULL, session_started timestamptz NOT NULL,"
      " source_snapshot text, target_snapshot text, failure text)");
  if (!created) return created.error().during("cannot create the table of barriers in the target");
  return {};
}

Result<std::int64_t> BarrierTable::ask(postgres::Connection& target) const {
  const Result<postgres::Rows> asked =
      target.query("INSERT INTO " + table() +
                   " (asked_by, session_started) SELECT pid, backend_start FROM pg_catalog.pg_stat_activity"
                   " WHERE pid = pg_catalog.pg_backend_pid() RETURNING number");
  if (!asked) return asked.error().during("asking the live copy for a barrier");
  return asked->integer(0, 0);
}

Result<std::optional<SnapshotPair>> BarrierTable::answer(postgres::Connection& target,
                                                         std::int64_t number) const {
  const Result<postgres::Rows> rows = target.query(fmt::format(
      "SELECT source_snapshot, target_snapshot, failure FROM {} WHERE number = {}", table(), number));
  if (!rows) return rows.error().during("waiting for the live copy's barrier");
  if (rows->size() == 0)
    return fail(ErrorCode::refused, "the live copy has forgotten the barrier", "try again");
  if (!rows->is_null(0, 2)) return fail(ErrorCode::refused, rows->string(0, 2), "try again");
  if (rows->is_null(0, 0)) return std::nullopt;
  return SnapshotPair{.source = rows->string(0, 0), .target = rows->string(0, 1)};
}

Status BarrierTable::release(postgres::Connection& target, std::int64_t number) const {
  return target.execute(fmt::format("DELETE FROM {} WHERE number = {}", table(), number));
}

Result<std::optional<std::int64_t>> BarrierTable::oldest(postgres::Connection& target) const {
  const Status forgotten = target.execute(
      "DELETE FROM " + table() +
      " AS b WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = b.asked_by"
      " AND a.backend_start = b.session_started)");
  if (!forgotten) return fail(forgotten.error());
  const Result<postgres::Rows> rows =
      target.query("SELECT number FROM " + table() +
                   " WHERE source_snapshot IS NULL AND failure IS NULL ORDER BY number LIMIT 1");
  if (!rows) return fail(rows.error());
  if (rows->size() == 0) return std::nullopt;
  return rows->integer(0, 0);
}

Result<bool> BarrierTable::is_held(postgres::Connection& target, std::int64_t number) const {
  const Result<postgres::Rows> rows = target.query(
      fmt::format("SELECT 1 FROM {} AS b JOIN pg_catalog.pg_stat_activity AS a ON a.pid = b.asked_by"
                  " AND a.backend_start = b.session_started WHERE b.number = {}",
                  table(), number));
  if (!rows) return fail(rows.error());
  return rows->size() > 0;
}

Status BarrierTable::reply(postgres::Connection& target, std::int64_t number,
                           const Result<SnapshotPair>& answer) const {
  const std::string set = answer ? fmt::format("source_snapshot = {}, target_snapshot = {}",
                                               quote_literal(answer->source), quote_literal(answer->target))
                                 : "failure = " + quote_literal(answer.error().message);
  return target.execute(fmt::format("UPDATE {} SET {} WHERE number = {}", table(), set, number));
}

Status BarrierServer::poll(postgres::Connection& target) {
  const std::lock_guard lock(mutex_);
  if (number_ && has_ended() && !answered_) {
    const Result<SnapshotPair> answer =
        failure_.empty() ? Result<SnapshotPair>(*pair_) : fail(ErrorCode::refused, failure_);
    const Status replied = table_.reply(target, *number_, answer);
    if (!replied) return replied;
    answered_ = true;
  }
  if (number_) {
    const Result<bool> held = table_.is_held(target, *number_);
    if (!held) return fail(held.error());
    if (*held && failure_.empty()) return {};
    release();
  }
  const Result<std::optional<std::int64_t>> oldest = table_.oldest(target);
  if (!oldest) return fail(oldest.error());
  if (!*oldest || is_served()) return {};
  number_ = **oldest;
  requested_ = true;
  return {};
}

bool BarrierServer::await_answer(std::chrono::steady_clock::time_point deadline,
                                 const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, stop, deadline, [&] { return number_ && has_ended() && !answered_; });
}

Result<BarrierServer::Held> BarrierServer::hold(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  const auto await = [&](auto&& condition) {
    return changed_.wait_until(lock, stop, deadline, std::forward<decltype(condition)>(condition));
  };
  if (await([&] { return !is_served(); })) {
    held_here_ = true;
    requested_ = true;
    if (await([&] { return has_ended(); }) && pair_) return Held(*this, *pair_);
  }
  const std::string failure = failure_;
  if (held_here_) release();
  if (stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  return fail(ErrorCode::refused, failure.empty() ? "the live copy came to no barrier in time" : failure);
}

void BarrierServer::release_held() {
  const std::lock_guard lock(mutex_);
  release();
}

follow::BarrierFeed::Hooks BarrierServer::hooks() {
  return {.take_snapshot = [this] { return take_snapshot(); },
          .write_marker = [this](const std::string& marker) { return write_marker(marker); },
          .reached = [this] { return reach(); },
          .failed = [this](const Error& error) { fail_with(error); }};
}

Result<std::string> BarrierServer::take_snapshot() {
  const std::lock_guard lock(mutex_);
  if (!is_served()) return fail(ErrorCode::refused, "nobody waits for the barrier any more");
  if (Status there = ensure_session(source_, source_end_, Side::source, stop_); !there)
    return fail(there.error());
  const char* const current = source_->version() >= 130000 ? "pg_current_snapshot" : "txid_current_snapshot";
  if (const Status begun = source_->execute(std::string("ROLLBACK; ") + kBegin); !begun)
    return fail(begun.error());
  const Result<postgres::Rows> taken =
      source_->query(fmt::format("SELECT pg_catalog.{}()::text, pg_catalog.pg_export_snapshot()", current));
  if (!taken) return taken.error().during("taking a snapshot of the source");
  source_snapshot_ = taken->string(0, 1);
  return taken->string(0, 0);
}

/// Waits for no standby: the answer is needed at once, and the stream does not wait either.
Status BarrierServer::write_marker(const std::string& marker) {
  const std::lock_guard lock(mutex_);
  if (Status there = ensure_session(marker_, source_end_, Side::source, stop_); !there) return there;
  const Status written = marker_->execute(fmt::format(
      "BEGIN; SET LOCAL synchronous_commit = local; UPDATE {} SET marker = {} WHERE name = {}; COMMIT",
      postgres::quote(kLiveSchema, "copies"), quote_literal(marker), quote_literal(slot_)));
  if (!written) return written.error().during("writing a marker on the source");
  return {};
}

Status BarrierServer::reach() {
  const std::lock_guard lock(mutex_);
  if (!source_snapshot_) {  // this attempt was made for somebody who has gone
    requested_ = is_served();
    return {};
  }
  if (Status there = ensure_session(target_, target_end_, Side::target, stop_); !there) return there;
  if (Status begun = target_->execute(std::string("ROLLBACK; ") + kBegin); !begun) return begun;
  const Result<postgres::Rows> taken = target_->query("SELECT pg_catalog.pg_export_snapshot()");
  if (!taken) return taken.error().during("taking a snapshot of the target");
  pair_ = SnapshotPair{.source = *source_snapshot_, .target = taken->string(0, 0)};
  changed_.notify_all();
  return {};
}

void BarrierServer::fail_with(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!is_served()) return;
  failure_ = error.message;
  changed_.notify_all();
}

/// Ends the snapshots; `mutex_` is held.
void BarrierServer::release() {
  number_.reset();
  held_here_ = false;
  requested_ = false;
  source_snapshot_.reset();
  pair_.reset();
  failure_.clear();
  answered_ = false;
  source_.reset();
  target_.reset();
  changed_.notify_all();
}

}  // namespace pghaul::live
