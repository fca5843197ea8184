#include "job/sync.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "base/record_schema.h"
#include "postgres/cancel_on_stop.h"
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
          postgres::Connection& target) { return mend(worker, table, source, target); },
      [](std::size_t, Error failure) -> Status { return fail(std::move(failure)); });
  return mended && at_once_ ? write_at_once() : mended;
}

/// Mends a table, or only counts what that would take, or only prepares it.
Status Sync::mend(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                  postgres::Connection& target) {
  const double start = context_.timeline.now();
  const compare::DifferentTable& one = different_[table];
  SyncedTable& counted = counted_[table];
  counted = {.object = one.object};
  const catalog::Relation& destination =
      one.tree == catalog::kNone ? one.table.first() : both_.found.source.relations[one.tree];
  const bool recorded = table >= compared_;
  std::optional<SyncWriter> own;
  std::unique_ptr<TableMender> mender;
  if (!plans() || recorded) {
    if (!at_once_) {
      Result<SyncWriter> writer =
          plans() ? SyncWriter::ordinary(*ends_, both_.target_hold->snapshot()) : SyncWriter::replica(*ends_);
      if (!writer) return fail(writer.error());
      own.emplace(std::move(*writer));
    }
    SyncWriter& writer = at_once_ ? *at_once_ : *own;
    writers_[table] = writer.number();
    mender = std::make_unique<TableMender>(
        one.table, destination,
        recorded ? one.table.first().columns : rows::copied_columns(one.table.first()), worker, source,
        writer.connection(), table);
    if (Status begun = mender->begin(!plans()); !begun) return begun;
  }
  const Status found = recorded ? find_rows(recorded_.changed[table - compared_], *mender,
                                            at_once_ ? *at_once_ : *own, target, counted)
                                : compare_rows(one, worker, source, target, mender.get(), counted);
  if (!found) return found.error().during("comparing the rows of " + one.object);
  if (own && !plans()) {
    Status written = mender->delete_rows();
    if (written) written = mender->insert_rows();
    if (written) written = own->commit();
    if (!written) return written;
  } else if (mender && !plans()) {
    waiting_[table] = std::move(mender);
    return {};
  }
  add_written(counted, start);
  return {};
}

/// Counts what differs, and hands it to the mender, if there is one.
Status Sync::compare_rows(const compare::DifferentTable& table, crew::Worker& worker,
                          postgres::Connection& source, postgres::Connection& target, TableMender* mender,
                          SyncedTable& counted) {
  rows::TableComparison comparison(table.table, source, target, worker.buffer(),
                                   [&](const std::vector<rows::Difference>& found) -> Status {
                                     for (const rows::Difference& difference : found) {
                                       ++(difference.kind == Kind::missing ? counted.inserted
                                          : difference.kind == Kind::extra ? counted.deleted
                                                                           : counted.updated);
                                       counted.bytes += difference.bytes;
                                     }
                                     return mender != nullptr ? mender->take(found) : Status{};
                                   });
  return comparison.run(table.whole, table.tally);
}

/// Fetches the rows that may be new. Then the target's keys and theirs are at least the source's, so numbers
/// tell how many rows have vanished.
Status Sync::find_rows(const ChangedTable& changed, TableMender& mender, SyncWriter& writer,
                       postgres::Connection& target, SyncedTable& counted) const {
  const Result<verify::Digest> staged =
      mender.stage_where(recorded_.possibly_new, [&] { return check_unwritten(changed, writer); });
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
/// does any more.
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
  const catalog::Relation& relation = changed.table.table.first();
  const Result<RowCount> now =
      count_rows(own ? *own : writer.connection(), relation.name, changed.written_on_target);
  if (!now) return fail(now.error());
  if (now->rows == changed.target_rows && now->possibly_new == 0) return {};
  return fail(written_meanwhile(relation));
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
