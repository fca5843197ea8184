#include "job/switchover_carry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/live_schema.h"
#include "base/wait_for.h"
#include "catalog/replica_role.h"
#include "fencing/under_lock.h"
#include "follow/set_aside.h"
#include "job/make_tables.h"
#include "live/copy_table_rows.h"
#include "live/session.h"
#include "live/way_back.h"
#include "measure/sample_statistics.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"

namespace pghaul::job {
namespace {

using postgres::Side;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int kLockAttempts = 30;
constexpr milliseconds kLockPause{200};

/// Returns a query whose value tells contents apart. Versions that write a type in other ways are told apart,
/// too, which costs a copy.
std::string digest_query(const fencing::CarriedTable& table) {
  return fmt::format(
      "SELECT pg_catalog.count(*) || ' ' || coalesce(pg_catalog.sum(('x' || pg_catalog.left("
      "pg_catalog.md5(ROW({})::text), 15))::bit(60)::bigint)::text, '') FROM ONLY {}",
      table.columns, table.name);
}

Result<std::string> read_digest(postgres::Connection& server, const fencing::CarriedTable& table) {
  const Result<postgres::Rows> rows = server.query(digest_query(table));
  if (!rows) return rows.error().during("comparing " + table.name);
  return rows->string(0, 0);
}

}  // namespace

std::vector<fencing::CarriedTable> SwitchoverCarry::listed() const {
  std::vector<fencing::CarriedTable> all;
  for (const Table& one : tables_) all.push_back(one.table);
  return all;
}

std::vector<std::uint32_t> SwitchoverCarry::relations() const {
  std::vector<std::uint32_t> all;
  for (const Table& one : tables_) all.push_back(one.table.oid);
  return all;
}

std::vector<fencing::FencedTable> SwitchoverCarry::locked_catalogs() const {
  if (!large_objects_) return {};
  return {{.oid = live::LargeObjectCarry::kContents, .name = "pg_catalog.pg_largeobject"},
          {.oid = live::LargeObjectCarry::kMetadata, .name = "pg_catalog.pg_largeobject_metadata"}};
}

/// Sets triggers and foreign keys of the tables just made aside where the role can't keep them from firing,
/// as the follower did with those that stood before.
Status SwitchoverCarry::set_aside(postgres::Connection& target) {
  const Result<bool> replica = catalog::may_set_replica_role(target);
  if (!replica) return fail(replica.error());
  if (*replica) return {};
  const Result<std::string> schema = live::follower_schema(target);
  if (!schema) return fail(schema.error());
  return follow::SetAside(*schema).set_aside(target, stop_);
}

Status SwitchoverCarry::find(postgres::Connection& source, postgres::Connection& target,
                             const discovery::Options& options) {
  large_objects_.reset();
  const Result<bool> objects = live::LargeObjectCarry::is_needed(source, target, options);
  if (!objects) return fail(objects.error());
  if (*objects) large_objects_.emplace(options);
  Result<std::vector<fencing::CarriedTable>> found = fencing::read_carried_tables(source, registration_);
  if (!found) return fail(found.error());
  std::vector<std::string> missing;
  for (const fencing::CarriedTable& table : *found) {
    const Result<postgres::Rows> there =
        target.query("SELECT pg_catalog.to_regclass($1) IS NULL", {table.name});
    if (!there) return there.error().during("looking for " + table.name + " on the target");
    if (there->boolean(0, 0)) missing.push_back(table.name);
  }
  if (Status made = make_tables(ends_, missing, options, stop_); !made) return made;
  if (!missing.empty()) {
    if (Status aside = set_aside(target); !aside) return aside;
  }
  tables_.clear();
  for (fencing::CarriedTable& table : *found) {
    const Result<postgres::Rows> referenced = target.query(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE contype = 'f'"
        " AND confrelid = pg_catalog.to_regclass($1) AND conrelid <> confrelid)",
        {table.name});
    if (!referenced) return referenced.error().during("looking at what refers to " + table.name);
    tables_.push_back({.table = std::move(table), .referenced = referenced->boolean(0, 0)});
  }
  return {};
}

Status SwitchoverCarry::open_sessions() {
  if (Status there = live::ensure_session(reader_, *ends_.source, Side::source, stop_); !there) return there;
  if (writer_) return {};
  if (Status there = live::ensure_session(writer_, *ends_.target, Side::target, stop_); !there) return there;
  const Result<bool> replica = catalog::may_set_replica_role(*writer_);
  if (!replica) return fail(replica.error());
  return writer_->execute(fmt::format("SET {} = 'on'{}", kApplierSetting,
                                      *replica ? "; SET session_replication_role = replica" : ""));
}

Status SwitchoverCarry::copy_beforehand(postgres::Connection& source, milliseconds at_most) {
  if (tables_.empty() && !large_objects_) return {};
  if (Status made = counters_.create(source, listed()); !made) return made;
  if (Status there = open_sessions(); !there) return there;
  const postgres::CancelOnStop stop_reader(stop_, *reader_);
  const postgres::CancelOnStop stop_writer(stop_, *writer_);
  double all = 0;
  std::string slow;
  for (Table& one : tables_) {
    const auto done = [&]() -> Status {
      if (Status held = hold_snapshot(one); !held) return held;
      return compare_and_copy(one);
    }();
    [[maybe_unused]] const Status ended = reader_->execute("ROLLBACK");
    if (!done) return done;
    if (!one.differed && !one.table.has_parent) continue;
    all += one.forecast_seconds;
    slow +=
        fmt::format("{}table {} ({:.1f} s)", slow.empty() ? "" : ", ", one.table.name, one.forecast_seconds);
  }
  if (large_objects_) {
    if (Status copied = large_objects_->copy_beforehand(*reader_, *writer_); !copied) return copied;
    all += large_objects_->forecast_seconds();
    slow += fmt::format("{}large objects ({:.1f} s)", slow.empty() ? "" : ", ",
                        large_objects_->forecast_seconds());
  }
  const double most = std::chrono::duration<double>(at_most).count();
  if (all <= most) return {};
  return fail(ErrorCode::refused,
              fmt::format("writers would wait for longer than {:.1f} s, as the rows of tables that are not "
                          "followed, and large objects, have to be copied meanwhile: {}",
                          most, slow),
              "give a longer --at-most; or empty them, or have them followed: a logged table with a primary "
              "key, in a new live copy");
}

/// Gets a snapshot of the source that nobody was writing to the table under, and the count of writes that
/// belongs to it. The lock ends with the savepoint, the snapshot with the transaction.
Status SwitchoverCarry::hold_snapshot(Table& table) {
  for (int attempt = 1;; ++attempt) {
    const Status locked = reader_->execute(
        fmt::format("BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = 100; SAVEPOINT locked;"
                    " LOCK TABLE ONLY {} IN SHARE MODE",
                    table.table.name));
    if (locked) break;
    [[maybe_unused]] const Status undone = reader_->execute("ROLLBACK");
    if (!fencing::was_locked(locked.error())) return locked;
    if (attempt == kLockAttempts) {
      return fail(ErrorCode::refused,
                  "somebody keeps writing to " + table.table.name + ", " + table.table.why,
                  "let the transaction end, and try again");
    }
    if (!wait_for(kLockPause, stop_)) return fail(ErrorCode::interrupted, "stopped on request");
  }
  const Result<std::vector<std::int64_t>> count = counters_.read(*reader_, {table.table});
  if (!count) return fail(count.error());
  table.count = count->front();
  return reader_->execute("ROLLBACK TO SAVEPOINT locked");
}

Status SwitchoverCarry::compare_and_copy(Table& table) {
  auto start = Clock::now();
  const Result<std::string> here = read_digest(*reader_, table.table);
  if (!here) return fail(here.error());
  const Result<std::string> there = read_digest(*writer_, table.table);
  if (!there) return fail(there.error());
  table.differed = *here != *there;
  if (table.differed) {
    start = Clock::now();
    postgres::Transaction writing = postgres::Transaction::begin(*writer_);
    Status copied = replace_rows(*reader_, table);
    if (copied) copied = writing.commit();
    if (!copied) return copied;
  }
  table.forecast_seconds = measure::seconds_since(start);
  if (!table.differed) return {};
  return writer_->execute("ANALYZE " + table.table.name);
}

/// Within the target's transaction.
Status SwitchoverCarry::replace_rows(postgres::Connection& from, const Table& table) {
  const std::string& name = table.table.name;
  const Status emptied =
      writer_->execute((table.referenced ? "DELETE FROM ONLY " : "TRUNCATE TABLE ONLY ") + name);
  if (!emptied) return emptied.error().during("emptying " + name + " on the target");
  return live::copy_table_rows(from, *writer_, name, table.table.columns, false);
}

/// Writes by way of a parent fire the parent's trigger, and are not counted.
bool SwitchoverCarry::may_have_changed(const Table& table, std::int64_t count) {
  return table.table.has_parent || count != table.count;
}

/// Gives the next statements the time that is left: the target's end with it those that it is fed from.
Status SwitchoverCarry::limit(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
  if (left.count() <= 0) return fail(ErrorCode::refused, "it takes longer than writers may wait");
  return writer_->execute(fmt::format("SET LOCAL statement_timeout = {}", left.count()));
}

Status SwitchoverCarry::check_changed(postgres::Connection& source, milliseconds at_most) const {
  const Result<std::vector<std::int64_t>> counts = counters_.read(source, listed());
  if (!counts) return fail(counts.error());
  return check_time(*counts, at_most);
}

/// Tells beforehand what could only fail at the end of the time, writers having waited for nothing.
Status SwitchoverCarry::check_time(const std::vector<std::int64_t>& counts, milliseconds at_most) const {
  double all = 0;
  std::string written;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    const Table& one = tables_[i];
    if (!may_have_changed(one, counts[i])) continue;
    all += one.forecast_seconds;
    written += fmt::format("{}table {} ({:.1f} s)", written.empty() ? "" : ", ", one.table.name,
                           one.forecast_seconds);
  }
  const double most = std::chrono::duration<double>(at_most).count();
  if (written.empty() || all <= most) return {};
  return fail(ErrorCode::refused,
              fmt::format("tables that are not followed may have been written to since they were copied, and "
                          "copying them again takes longer than the {:.1f} s for which writers may still "
                          "wait: {}",
                          most, written),
              "let nobody write to them, or give a longer --at-most");
}

Status SwitchoverCarry::copy_changed(postgres::Connection& hold, milliseconds at_most) {
  if (tables_.empty() && !large_objects_) return {};
  const Clock::time_point deadline = Clock::now() + at_most;
  const Result<std::vector<std::int64_t>> counts = counters_.read(hold, listed());
  if (!counts) return fail(counts.error());
  if (Status possible = check_time(*counts, at_most); !possible) return possible;
  const postgres::CancelOnStop stop_writer(stop_, *writer_);
  postgres::Transaction writing = postgres::Transaction::begin(*writer_);
  Status done;
  std::vector<double> seconds(tables_.size());
  for (std::size_t i = 0; i < tables_.size() && done; ++i) {
    if (!may_have_changed(tables_[i], (*counts)[i])) continue;
    const auto start = Clock::now();
    done = limit(deadline);
    if (done) done = replace_rows(hold, tables_[i]);
    seconds[i] = measure::seconds_since(start);
  }
  if (done && large_objects_) {
    done = limit(deadline);
    if (done) done = large_objects_->copy_changed(hold, *writer_);
  }
  if (done) done = writing.commit();
  if (done && large_objects_) large_objects_->committed();
  if (!done) {
    Error error = done.error().during("copying what is not followed").value();
    error.code = ErrorCode::refused;
    return fail(std::move(error));
  }
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (may_have_changed(tables_[i], (*counts)[i])) tables_[i].seconds = seconds[i];
    tables_[i].count = (*counts)[i];
  }
  return {};
}

std::vector<measure::Report::Carried> SwitchoverCarry::report() const {
  std::vector<measure::Report::Carried> all;
  for (const Table& one : tables_) {
    all.push_back({.object = "table " + one.table.name,
                   .reason = one.table.why,
                   .forecast_seconds = one.forecast_seconds,
                   .seconds = one.seconds});
  }
  if (large_objects_) all.push_back(large_objects_->report());
  return all;
}

}  // namespace pghaul::job
