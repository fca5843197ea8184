#include "live/monitor.h"

#include <algorithm>
#include <iterator>

#include "base/guard.h"
#include "base/wait_for.h"
#include "crew/retry.h"
#include "fencing/carried_tables.h"
#include "follow/new_partitions.h"
#include "follow/readiness.h"
#include "follow/registration.h"
#include "live/large_object_carry.h"
#include "live/session.h"
#include "postgres/quote.h"
#include "postgres/sqlstate.h"

namespace pghaul::live {
namespace {

using postgres::Side;

constexpr std::chrono::seconds kInterval{1};
constexpr std::chrono::seconds kTablesInterval{10};
constexpr double kBehind = 5;  // seconds of lag from which on it is catching up
constexpr std::size_t kMostSamples = 1000;
constexpr std::size_t kMostPassed = 600;

/// Asks for the clock as the stream's commits have it: microseconds since 2000-01-01 UTC.
std::string source_query(const postgres::Connection& source, const std::string& slot) {
  const std::string safe = source.version() >= 130000 ? "safe_wal_size" : "NULL::bigint";
  return "SELECT (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - '2000-01-01 00:00:00+00') * "
         "1000000)::bigint, pg_catalog.pg_current_wal_flush_lsn()::text,"
         " (SELECT pg_catalog.pg_current_wal_flush_lsn() - restart_lsn FROM pg_catalog.pg_replication_slots"
         "  WHERE slot_name = " +
         postgres::quote_literal(slot) + ")::bigint, (SELECT " + safe +
         " FROM pg_catalog.pg_replication_slots WHERE slot_name = " + postgres::quote_literal(slot) + "), " +
         (source.version() >= 130000 ? "pg_catalog.pg_current_snapshot()"
                                     : "pg_catalog.txid_current_snapshot()") +
         "::text, " + follow::turn_query(slot);
}

}  // namespace

Monitor::Monitor(discovery::VerbContext context, Watched watched)
    : context_(std::move(context)),
      watched_(std::move(watched)),
      table_(watched_.schema),
      counted_at_(Clock::now()),
      slot_warnings_(context_) {
  status_.state = "catching_up";
  status_.source = watched_.source_description;
  status_.back = watched_.closed_target.has_value();
  status_.not_ready = follow::reasons_not_ready({});
  thread_ = std::jthread([this](const std::stop_token& end) { watch(end); });
}

Monitor::~Monitor() = default;

void Monitor::watch(const std::stop_token& end) {
  do {
    const Clock::time_point next = Clock::now() + kInterval;
    [[maybe_unused]] const Status looked = guarded("watching the live copy", [this]() -> Status {
      look();
      return {};
    });
    while (watched_.barriers.await_answer(next, end)) {
      if (answer()) continue;
      if (!wait_for(kInterval, end)) return;
      break;  // the next look opens the session again
    }
  } while (!end.stop_requested());
}

/// Answers whoever has asked for a barrier as soon as it is reached. The next look reports an outage.
bool Monitor::answer() {
  if (!target_) return false;
  const Status answered =
      guarded("answering for a barrier", [this] { return watched_.barriers.poll(*target_); });
  return answered.has_value();
}

void Monitor::look() {
  if (const Status asked = ask_source(); !asked) {
    source_.reset();
    status_.not_ready = {"the source does not answer: " + asked.error().message};
    warn(asked.error());
  }
  measure_rate();
  if (watched_.closed_target && watched_.closed_target->late_writes != nullptr)
    status_.late_writes = watched_.closed_target->late_writes->seen();
  publish();
  if (const Status written = write(); !written) {
    target_.reset();
    warn(written.error());
  }
}

/// Passes on what is not merely an outage, which the follower tells of.
void Monitor::warn(const Error& error) {
  if (crew::may_pass(error) || error.code == ErrorCode::interrupted || !warned_.insert(error.message).second)
    return;
  context_.events.warning(error.message, error.hint, error.object);
}

Status Monitor::ask_source() {
  if (Status there = ensure_session(source_, watched_.source, Side::source, context_.stop); !there)
    return there;
  const Result<postgres::Rows> rows = source_->query(source_query(*source_, watched_.slot));
  if (!rows) return fail(rows.error());
  status_.source_position = parse_lsn(rows->text(0, 1)).value_or(Lsn{});
  if (!rows->is_null(0, 2)) status_.held_bytes = rows->integer(0, 2);
  status_.may_hold_bytes.reset();
  if (!rows->is_null(0, 3)) status_.may_hold_bytes = rows->integer(0, 3);
  const follow::SlotSize slot{
      .held = status_.held_bytes, .may_grow = status_.may_hold_bytes, .limit = context_.options.slot_limit};
  if (const Status judged = slot_warnings_.judge(slot); !judged) watched_.slot_full(judged.error());
  judge_lag(rows->integer(0, 0));
  if (rows->integer(0, 5) > watched_.turn) watched_.closed();
  if (std::optional<follow::VisibleTransactions> visible =
          follow::VisibleTransactions::parse(rows->text(0, 4))) {
    watched_.visibility.set(std::move(*visible));
  }
  if (Status named = name_new_tables(); !named) return named;
  return judge_readiness();
}

Status Monitor::judge_readiness() {
  if (watched_.rounds.wanted()) status_.proof = watched_.rounds.proof();
  Result<follow::OpenTransactions> transactions = follow::read_open_transactions(*source_);
  if (!transactions) return fail(transactions.error());
  status_.not_ready = follow::reasons_not_ready({.connected = watched_.meter.received.load() > 0,
                                                 .lag_seconds = status_.lag_seconds,
                                                 .transactions = std::move(*transactions),
                                                 .new_partitions = lacked_partitions_,
                                                 .proof = status_.proof,
                                                 .round_every = context_.options.round_every});
  return {};
}

/// Takes the age of the first commit that is not safe on the target; where none is known, the time since the
/// source was where the stream has come to.
void Monitor::judge_lag(std::int64_t source_clock) {
  constexpr double kMicroseconds = 1e6;
  const Lsn received{watched_.meter.received.load()};
  const auto now = Clock::now();
  if (passed_.size() == kMostPassed) passed_.pop_back();
  passed_.emplace_back(status_.source_position, now);
  while (!passed_.empty() && passed_.front().first <= received) passed_.pop_front();
  const changes::Timestamp oldest = watched_.meter.oldest_pending.load();
  const bool just_asked = passed_.empty() || passed_.front().second == now;
  const double unseen = just_asked ? 0 : std::chrono::duration<double>(now - passed_.front().second).count();
  const double unsafe = oldest == 0 ? 0 : static_cast<double>(source_clock - oldest) / kMicroseconds;
  status_.lag_seconds = std::max({0.0, unseen, unsafe});
  status_.pending_transactions = watched_.meter.pending.load();
  const Lsn durable{watched_.meter.durable.load()};
  status_.position = std::max(durable, status_.position);
  const Lsn reached = status_.pending_transactions == 0 ? std::max(received, durable) : durable;
  const bool behind = reached.value > 0 && reached < status_.source_position;  // 0: not connected yet
  status_.lag_bytes = behind ? static_cast<std::int64_t>(status_.source_position.value - reached.value) : 0;
  status_.state = status_.lag_seconds < kBehind ? "following" : "catching_up";
}

/// Warns of tables that are not in the publication, any more or because they did not exist when it was made.
/// Looks rarely, as the source reads its whole catalog of tables for that.
Status Monitor::name_new_tables() {
  if (Clock::now() < next_tables_) return {};
  if (Status found = find_new_partitions(); !found) return found;
  if (!context_.options.filters.all()) {
    next_tables_ = Clock::now() + kTablesInterval;
    return {};
  }
  if (Status found = find_carried(); !found) return found;
  const Result<std::string> tables = follow::list_new_tables(*source_, watched_.slot);
  if (!tables) return fail(tables.error());
  next_tables_ = Clock::now() + kTablesInterval;
  if (*tables == named_tables_) return {};
  named_tables_ = *tables;
  if (tables->empty()) return {};
  const std::string message =
      "created on the source since the copy began, or detached there, and not followed: " + *tables;
  const char* const hint =
      "pghaul switchover makes what the target lacks and copies the rows; without it, make and copy them by "
      "hand at the end";
  context_.events.warning(message, hint, {});
  findings_.push_back({"warning", "live_new_tables", "", message, hint});
  return {};
}

/// Sums up what a switchover would copy itself.
Status Monitor::find_carried() {
  bool with_large_objects = false;
  if (target_) {
    const Result<bool> needed = LargeObjectCarry::is_needed(*source_, *target_, context_.options);
    if (!needed) return fail(needed.error());
    with_large_objects = *needed;
  }
  // The size of a table is asked under a lock: nothing else that is watched may wait for that.
  if (Status limited = source_->execute("SET lock_timeout = '100ms'"); !limited) return limited;
  const Result<fencing::Carried> carried = fencing::sum_carried(*source_, watched_.slot, with_large_objects);
  if (!carried && carried.error().sqlstate == postgres::kLockNotAvailable) return {};  // the last sum stays
  if (!carried) return fail(carried.error());
  status_.carry.reset();
  if (carried->tables == 0 && !carried->large_objects) return {};
  status_.carry = measure::LiveCarry{
      .tables = carried->tables, .large_objects = carried->large_objects, .bytes = carried->bytes};
  return {};
}

Status Monitor::find_new_partitions() {
  if (!target_) return {};
  const Result<std::vector<follow::NewPartition>> partitions =
      follow::find_new_partitions(*source_, *target_, watched_.slot);
  if (!partitions) return fail(partitions.error());
  if (partitions->size() > new_partitions_) watched_.new_partitions();
  new_partitions_ = partitions->size();  // those that could not be made stay
  lacked_partitions_.clear();
  for (const follow::NewPartition& partition : *partitions) {
    lacked_partitions_ += (lacked_partitions_.empty() ? "" : ", ") + partition.table;
  }
  return {};
}

void Monitor::measure_rate() {
  const auto now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - counted_at_).count();
  const std::uint64_t changes = watched_.meter.changes.load();
  status_.transactions = watched_.meter.transactions.load();
  status_.changes = changes;
  if (seconds > 0.5) {
    status_.changes_per_second = static_cast<double>(changes - counted_) / seconds;
    counted_ = changes;
    counted_at_ = now;
  }
}

void Monitor::publish() {
  context_.events.following(status_);
  sample();
}

/// Keeps samples of the whole time, fewer of each hour as it grows longer.
void Monitor::sample() {
  const double now = context_.timeline.now();
  if (!samples_.empty() && now - samples_.back().at < sample_interval_ * 0.9) return;
  samples_.push_back({now, status_.lag_seconds, status_.changes_per_second});
  if (samples_.size() < kMostSamples) return;
  std::vector<measure::Report::LiveSample> fewer;
  for (std::size_t i = 0; i < samples_.size(); i += 2) fewer.push_back(samples_[i]);
  samples_ = std::move(fewer);
  sample_interval_ *= 2;
}

Status Monitor::write() {
  const bool first = !target_;
  if (Status there = ensure_session(target_, watched_.target, Side::target, context_.stop); !there)
    return there;
  if (first) {
    if (Status created = table_.create(*target_); !created) return created;
    if (Status created = BarrierTable(watched_.schema).create(*target_); !created) return created;
  }
  if (Status written = table_.write(*target_, watched_.slot, status_); !written) return written;
  if (source_ && watched_.closed_target) {
    const follow::StatusTable shown(watched_.closed_target->shown_in);
    if (Status written = shown.write(*source_, watched_.slot, status_); !written) return written;
  }
  watched_.rounds.set_following(status_.state == "following");
  return watched_.barriers.poll(*target_);
}

void Monitor::conclude(const Status& outcome) {
  thread_.request_stop();
  thread_.join();
  const bool broken = !outcome && outcome.error().code != ErrorCode::interrupted;
  status_.state = outcome ? "switched" : broken ? "broken" : "stopped";
  if (broken) {
    status_.why = outcome.error().message;
    if (!outcome.error().hint.empty()) status_.why += "; " + outcome.error().hint;
  }
  measure_rate();
  status_.position = std::max(status_.position, Lsn{watched_.meter.durable.load()});
  context_.report.live = status_;
  context_.report.live_samples = samples_;
  context_.report.live_rounds = watched_.rounds.made();
  std::ranges::move(findings_, std::back_inserter(context_.report.findings));
  context_.events.following(status_);
  context_.stop = {};  // what is left is a moment's work
  [[maybe_unused]] const Status written =
      guarded("writing how the live copy ended", [this] { return write(); });
}

}  // namespace pghaul::live
