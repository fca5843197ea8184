#include "job/sync.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/record_schema.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/history.h"
#include "rows/table_comparison.h"
#include "tasks/crew_options.h"

namespace pghaul::job {
namespace {

using Kind = rows::Difference::Kind;

}  // namespace

Status Sync::mend_tables() {
  touched_ = touched_ || (!plans() && !different_.empty());
  tasks::CrewOptions options = tasks::crew_options(context_, both_.found.plan.jobs, *ends_);
  if (!replica_ && !plans() && !different_.empty()) {
    Result<SyncWriter> writer = SyncWriter::ordinary(*ends_, both_.target_hold->snapshot());
    if (!writer) return fail(writer.error());
    at_once_.emplace(std::move(*writer));
    options.workers = 1;  // for the only session that writes
  }
  waiting_.resize(different_.size());
  counted_.resize(different_.size());
  writers_.resize(different_.size());
  Status mended = compare::for_each_table(
      context_, different_, both_.states(), options,
      [&](crew::Worker& worker, std::size_t table, postgres::Connection& source,
          postgres::Connection& target) -> Status {
        progress_.starts(worker.number(), "rows of " + different_[table].object);
        Status done = mend(worker, table, source, target);
        progress_.ends(worker.number(), done.has_value());
        return done;
      },
      [](std::size_t, Error failure) -> Status { return fail(std::move(failure)); },
      [&] { context_.events.progress(progress_); });
  return mended && at_once_ ? write_at_once() : mended;
}

/// Mends a table, or only counts what that would take, or only prepares it.
Status Sync::mend(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                  postgres::Connection& target) {
  const double start = context_.timeline.now();
  counted_[table] = {.object = different_[table].object};
  if (at_once_) {
    Result<std::unique_ptr<TableMender>> mender = prepare(worker, table, *at_once_, source, target);
    if (!mender) return fail(mender.error());
    waiting_[table] = std::move(*mender);
    return {};
  }
  const bool only_counts = plans() && !is_recorded(table);
  const Status mended = only_counts ? count_rows_that_differ(worker, table, source, target)
                                    : mend_alone(worker, table, source, target);
  if (!mended) return mended;
  add_written(counted_[table], start);
  return {};
}

/// Mends a table in a session and a transaction of its own.
Status Sync::mend_alone(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                        postgres::Connection& target) {
  Result<SyncWriter> writer =
      plans() ? SyncWriter::ordinary(*ends_, both_.target_hold->snapshot()) : SyncWriter::replica(*ends_);
  if (!writer) return fail(writer.error());
  const Result<std::unique_ptr<TableMender>> mender = prepare(worker, table, *writer, source, target);
  if (!mender) return fail(mender.error());
  if (plans()) return {};
  Status written = (*mender)->delete_rows();
  if (written) written = (*mender)->insert_rows();
  return written ? writer->commit() : written;
}

/// Finds what is to be deleted and inserted, and counts it.
Result<std::unique_ptr<TableMender>> Sync::prepare(crew::Worker& worker, std::size_t table,
                                                   SyncWriter& writer, postgres::Connection& source,
                                                   postgres::Connection& target) {
  const compare::DifferentTable& one = different_[table];
  const catalog::Relation& destination =
      one.tree == catalog::kNone ? one.table.first() : both_.found.source.relations[one.tree];
  const std::vector<catalog::Column> staged =
      is_recorded(table) ? one.table.first().columns : rows::copied_columns(one.table.first());
  {
    const std::lock_guard lock(mutex_);
    writers_[table] = writer.number();
  }
  auto mender = std::make_unique<TableMender>(one.table, destination, staged, worker, source,
                                              writer.connection(), table);
  if (Status begun = mender->begin(!plans()); !begun) return fail(begun.error());
  const Status found =
      is_recorded(table)
          ? find_rows(recorded_.changed[table - compared_], *mender, writer, target, counted_[table])
          : compare_rows(worker, table, source, target,
                         [&](const Differences& differences) { return mender->take(differences); });
  if (!found) return found.error().during("comparing the rows of " + one.object);
  return mender;
}

Status Sync::count_rows_that_differ(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                                    postgres::Connection& target) {
  const Status counted =
      compare_rows(worker, table, source, target, [](const Differences&) -> Status { return {}; });
  return counted ? counted : counted.error().during("comparing the rows of " + different_[table].object);
}

/// Compares a table's rows, counts those that differ, and hands them on.
Status Sync::compare_rows(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                          postgres::Connection& target,
                          const std::function<Status(const Differences&)>& take) {
  const compare::DifferentTable& one = different_[table];
  SyncedTable& counted = counted_[table];
  rows::TableComparison comparison(one.table, source, target, worker.buffer(),
                                   [&](const Differences& found) -> Status {
                                     for (const rows::Difference& difference : found) {
                                       ++(difference.kind == Kind::missing ? counted.inserted
                                          : difference.kind == Kind::extra ? counted.deleted
                                                                           : counted.updated);
                                       counted.bytes += difference.bytes;
                                     }
                                     return take(found);
                                   });
  return comparison.run(one.whole, one.tally);
}

/// Fetches the rows that may be new. Then the target's keys and theirs are at least the source's, so numbers
/// tell how many rows have vanished.
Status Sync::find_rows(const ChangedTable& changed, TableMender& mender, SyncWriter& writer,
                       postgres::Connection& target, SyncedTable& counted) const {
  const Result<verify::Digest> staged =
      mender.stage_where(changed.possibly_new, [&] { return check_unwritten(changed, writer); });
  if (!staged) return fail(staged.error());
  const Result<std::uint64_t> replaced = mender.note_replaced();
  if (!replaced) return fail(replaced.error());
  const std::uint64_t at_most = changed.target_rows - *replaced + staged->rows;
  if (at_most < changed.source_rows) {
    return fail(
        ErrorCode::server_error, "the record of the copy does not fit the rows of " + changed.table.object,
        std::string("have all rows compared: DROP SCHEMA ") + kRecordSchema + " CASCADE on the target");
  }
  counted.updated = *replaced;
  counted.inserted = staged->rows - *replaced;
  counted.deleted = at_most - changed.source_rows;
  counted.bytes = staged->bytes;
  return mender.note_vanished(target, counted.deleted, changed.target_rows);
}

/// Stops where somebody has written to the table since its rows were counted: now that it is locked, nobody
/// does any more. Its rows need to be counted once more only if there were transactions of others.
Status Sync::check_unwritten(const ChangedTable& changed, SyncWriter& writer) const {
  if (plans()) return {};
  std::optional<postgres::Connection> own;
  std::optional<postgres::CancelOnStop> cancel_on_stop;
  if (!writer.sees_commits()) {
    Result<postgres::Connection> opened = open_target();
    if (!opened) return fail(opened.error());
    own.emplace(std::move(*opened));
    cancel_on_stop.emplace(context_.stop, *own);
  }
  postgres::Connection& target = own ? *own : writer.connection();
  const Result<bool> alone = postgres::only_wrote_since(target, recorded_.target, writers_so_far());
  if (!alone) return fail(alone.error());
  if (*alone) return {};
  const catalog::Relation& relation = changed.table.table.first();
  const Result<RowCount> now = count_rows(target, relation.name, changed.written_on_target);
  if (!now) return fail(now.error());
  if (now->rows == changed.target_rows && now->possibly_new == 0) return {};
  return fail(written_meanwhile(relation));
}

/// Returns the numbers of the transactions that write tables, of as many as have begun.
std::vector<std::uint64_t> Sync::writers_so_far() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> numbers = writers_;
  std::ranges::sort(numbers);
  const auto repeated = std::ranges::unique(numbers);
  numbers.erase(repeated.begin(), repeated.end());
  return numbers;
}

/// Writes all tables in one transaction, without triggers and foreign keys, which are checked at its end.
Status Sync::write_at_once() {
  const double start = context_.timeline.now();
  both_.target_hold.reset();  // it may keep locks on tables
  std::vector<catalog::Name> tables;
  for (const std::unique_ptr<TableMender>& mender : waiting_)
    std::ranges::copy(mender->written(), std::back_inserter(tables));
  if (Status aside = at_once_->set_aside(tables); !aside) return aside;
  for (const std::unique_ptr<TableMender>& mender : waiting_) {
    if (Status deleted = mender->delete_rows(); !deleted) return deleted;
  }
  for (const std::unique_ptr<TableMender>& mender : waiting_) {
    if (Status inserted = mender->insert_rows(); !inserted) return inserted;
  }
  if (Status back = at_once_->bring_back(); !back) return back;
  if (Status committed = at_once_->commit(); !committed) return committed;
  at_once_.reset();
  for (const SyncedTable& counted : counted_) add_written(counted, start);
  return {};
}

/// Reports a table that has been written, or would be; those of an attempt before count, too.
void Sync::add_written(SyncedTable written, double start) {
  context_.events.table_synced(written, context_.timeline.now() - start);
  const std::lock_guard lock(mutex_);
  const auto before = std::ranges::find(done().tables, written.object, &SyncedTable::object);
  if (before == done().tables.end()) return done().tables.push_back(std::move(written));
  before->inserted += written.inserted;
  before->updated += written.updated;
  before->deleted += written.deleted;
  before->bytes += written.bytes;
}

}  // namespace pghaul::job
