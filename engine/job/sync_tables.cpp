#include "job/sync.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/record_schema.h"
#include "crew/crew.h"
#include "plan/split.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/history.h"
#include "rows/table_comparison.h"
#include "tasks/crew_options.h"

namespace pghaul::job {
namespace {

using Kind = rows::Difference::Kind;

/// The steps of one table, in their order.
enum Step : std::size_t {
  kFind,    // its parts: finds rows that differ, or may be new
  kMatch,   // of a table that the record tells about: which rows these replace, and how many have vanished
  kWrite,   // writes; beside that, looks for the vanished ones
  kFinish,  // writes the rest, and commits
  kSteps,
};

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
  std::vector<crew::StagedList::Group> tables;
  for (std::size_t table = 0; table < different_.size(); ++table) {
    mended_.push_back(make_mended(table));
    tables.push_back({static_cast<double>(different_[table].whole.bytes()), steps_of(table)});
  }
  writers_.resize(different_.size());
  crew::StagedList steps(tables);
  const int workers = std::min(options.workers, static_cast<int>(std::max<std::size_t>(steps.size(), 1)));
  crew::Crew crew(steps, workers, options.ends,
                  [&](crew::Worker& worker, crew::ItemId item, const std::stop_token&) -> Status {
                    const crew::StagedList::Place& step = steps.place(item);
                    const std::string& object = different_[step.group].object;
                    const double start = context_.timeline.now();
                    progress_.starts(worker.number(), "rows of " + object);
                    Status done = mend(worker, step);
                    progress_.ends(worker.number(), done.has_value());
                    context_.timeline.record("rows", object, worker.number(), start, !done);
                    if (!done) worker.reconnect();
                    return done;
                  });
  const Status mended = crew.run(context_.stop, [&] { context_.events.progress(progress_); });
  return mended && at_once_ ? write_at_once() : mended;
}

std::unique_ptr<MendedTable> Sync::make_mended(std::size_t table) const {
  const compare::DifferentTable& one = different_[table];
  const catalog::Relation& destination =
      one.tree == catalog::kNone ? one.table.first() : both_.found.source.relations[one.tree];
  const std::vector<catalog::Column> staged =
      is_recorded(table) ? one.table.first().columns : rows::copied_columns(one.table.first());
  auto mended = std::make_unique<MendedTable>(TableMender(one.table, destination, staged, table));
  mended->counted.object = one.object;
  if (one.table.key.by_range && one.tally != nullptr)
    mended->ranges = rows::slices(one.tally->different(), parts_of(table));
  return mended;
}

/// Returns in how many parts it is looked through.
std::size_t Sync::parts_of(std::size_t table) const {
  return plan::parts_to_search(different_[table].table.first(), both_.found.plan.jobs);
}

/// Returns how many pieces of work each step of the table has.
std::vector<std::size_t> Sync::steps_of(std::size_t table) const {
  std::vector<std::size_t> pieces(kSteps);
  pieces[kFinish] = 1;
  if (!is_recorded(table)) {
    pieces[kFind] = std::max<std::size_t>(mended_[table]->ranges.size(), 1);
    return pieces;
  }
  pieces[kFind] = recorded_.changed[table - compared_].possibly_new.size();
  pieces[kMatch] = 1;
  if (!plans()) pieces[kWrite] = 1 + parts_of(table);
  return pieces;
}

Status Sync::mend(crew::Worker& worker, const crew::StagedList::Place& step) {
  const auto [table, stage, number] = step;
  if (stage == kWrite && number == 0) return write_found(table);
  if (stage == kFinish) return finish(table);
  return compare::look_in_transactions(
      worker, both_.states(), [&](postgres::Connection& source, postgres::Connection& target) -> Status {
        MendedTable& mended = *mended_[table];
        if (stage == kMatch) return match_rows(table, source, target);
        if (stage == kFind && is_recorded(table)) return find_new_rows(worker, table, number, source);
        if (stage == kFind) return compare_rows(worker, table, number, source, target);
        if (number > mended.shares.size()) return {};
        return mended.mender.find_vanished(source, target, mended.shares[number - 1], mended.writing);
      });
}

/// Opens the table's transaction on the target, and locks it there, once; whoever calls it holds the right to
/// write.
Status Sync::begin_writing(std::size_t table) {
  MendedTable& mended = *mended_[table];
  if (!mended.begun) mended.begun = lock_on_target(table);
  return *mended.begun;
}

Status Sync::lock_on_target(std::size_t table) {
  MendedTable& mended = *mended_[table];
  mended.start = context_.timeline.now();
  if (!at_once_) {
    Result<SyncWriter> writer =
        plans() ? SyncWriter::ordinary(*ends_, both_.target_hold->snapshot()) : SyncWriter::replica(*ends_);
    if (!writer) return fail(writer.error());
    mended.own.emplace(std::move(*writer));
  }
  SyncWriter& writer = at_once_ ? *at_once_ : *mended.own;
  {
    const std::lock_guard lock(mutex_);
    writers_[table] = writer.number();
  }
  if (Status locked = mended.mender.begin(writer.connection(), !plans()); !locked) return locked;
  return is_recorded(table) ? check_unwritten(recorded_.changed[table - compared_], writer) : Status{};
}

/// Fetches a part of the rows that may be new. The source looks for them while another part is being staged.
Status Sync::find_new_rows(crew::Worker& worker, std::size_t table, std::size_t part,
                           postgres::Connection& source) {
  MendedTable& mended = *mended_[table];
  Result<postgres::CopyOut> rows =
      mended.mender.read_where(source, recorded_.changed[table - compared_].possibly_new[part]);
  if (!rows) return fail(rows.error());
  const std::lock_guard lock(mended.writing);
  if (Status begun = begin_writing(table); !begun) return begun;
  return mended.mender.stage(*rows, worker);
}

/// Compares a part of a table's rows, and writes those that differ as they are found, or only counts them.
Status Sync::compare_rows(crew::Worker& worker, std::size_t table, std::size_t part,
                          postgres::Connection& source, postgres::Connection& target) {
  const compare::DifferentTable& one = different_[table];
  MendedTable& mended = *mended_[table];
  const auto take = [&](const Differences& found) -> Status {
    if (found.empty()) return {};
    const std::lock_guard lock(mended.writing);
    for (const rows::Difference& difference : found) {
      ++(difference.kind == Kind::missing ? mended.counted.inserted
         : difference.kind == Kind::extra ? mended.counted.deleted
                                          : mended.counted.updated);
      mended.counted.bytes += difference.bytes;
    }
    if (plans()) return {};
    if (Status begun = begin_writing(table); !begun) return begun;
    if (Status taken = mended.mender.take(found, {worker, source}); !taken) return taken;
    return at_once_ ? Status{} : mended.mender.write_found();
  };
  rows::TableComparison comparison(one.table, source, target, worker.buffer(), take);
  Status compared =
      mended.ranges.empty() ? comparison.run(one.whole, one.tally) : comparison.run(mended.ranges[part]);
  return compared ? compared : compared.error().during("comparing the rows of " + one.object);
}

/// Finds which of the target's rows are replaced. Then its keys and the new ones are at least the source's,
/// so numbers tell how many rows have vanished.
Status Sync::match_rows(std::size_t table, postgres::Connection& source, postgres::Connection& target) {
  const ChangedTable& changed = recorded_.changed[table - compared_];
  MendedTable& mended = *mended_[table];
  const std::lock_guard lock(mended.writing);
  if (Status begun = begin_writing(table); !begun) return begun;
  const Result<std::uint64_t> replaced = mended.mender.note_replaced();
  if (!replaced) return fail(replaced.error());
  const verify::Digest& staged = mended.mender.staged();
  const std::uint64_t at_most = changed.target_rows - *replaced + staged.rows;
  if (at_most < changed.source_rows) {
    return fail(
        ErrorCode::server_error, "the record of the copy does not fit the rows of " + changed.table.object,
        std::string("have all rows compared: DROP SCHEMA ") + kRecordSchema + " CASCADE on the target");
  }
  mended.counted.updated = *replaced;
  mended.counted.inserted = staged.rows - *replaced;
  mended.counted.deleted = at_most - changed.source_rows;
  mended.counted.bytes = staged.bytes;
  if (plans()) return {};
  Result<std::vector<TableMender::KeyShare>> shares =
      mended.mender.divide_keys(source, target, mended.counted.deleted, changed.target_rows, parts_of(table));
  if (!shares) return fail(shares.error());
  mended.shares = std::move(*shares);
  return {};
}

/// Writes what is known by now, while others look for rows that have vanished.
Status Sync::write_found(std::size_t table) {
  if (at_once_) return {};
  const std::lock_guard lock(mended_[table]->writing);
  return mended_[table]->mender.write_found();
}

/// Writes the rest, and commits; or leaves it all to the transaction that writes all tables.
Status Sync::finish(std::size_t table) {
  MendedTable& mended = *mended_[table];
  const std::lock_guard lock(mended.writing);
  if (mended.begun && !plans()) {
    const std::uint64_t vanished = is_recorded(table) ? mended.counted.deleted : 0;
    if (Status noted = mended.mender.note_vanished(vanished); !noted) return noted;
    if (at_once_) return {};
    Status written = mended.mender.delete_rows();
    if (written) written = mended.mender.insert_rows();
    if (written) written = mended.own->commit();
    if (!written) return written;
  }
  if (at_once_) return {};
  mended.own.reset();
  add_written(mended.counted, mended.start);
  return {};
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
  for (const std::unique_ptr<MendedTable>& mended : mended_)
    std::ranges::copy(mended->mender.written(), std::back_inserter(tables));
  if (Status aside = at_once_->set_aside(tables); !aside) return aside;
  for (const std::unique_ptr<MendedTable>& mended : mended_) {
    if (Status deleted = mended->mender.delete_rows(); !deleted) return deleted;
  }
  for (const std::unique_ptr<MendedTable>& mended : mended_) {
    if (Status inserted = mended->mender.insert_rows(); !inserted) return inserted;
  }
  if (Status back = at_once_->bring_back(); !back) return back;
  if (Status committed = at_once_->commit(); !committed) return committed;
  at_once_.reset();
  for (const std::unique_ptr<MendedTable>& mended : mended_) add_written(mended->counted, start);
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
