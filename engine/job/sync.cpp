#include "job/sync.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "base/guard.h"
#include "base/record_schema.h"
#include "base/wait_for.h"
#include "catalog/read_catalog.h"
#include "catalog/replica_role.h"
#include "compare/digest_mismatches.h"
#include "crew/retry.h"
#include "job/both_databases.h"
#include "job/fill_report.h"
#include "job/keep_record.h"
#include "job/large_object_mender.h"
#include "job/preflight_refusal.h"
#include "job/recorded_tables.h"
#include "job/sync_preflight.h"
#include "job/sync_writer.h"
#include "job/table_mender.h"
#include "journal/copy_record.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "postgres/session_settings.h"
#include "postgres/transaction.h"
#include "schema/statements.h"
#include "tasks/compare_computed.h"
#include "tasks/crew_options.h"
#include "tasks/row_security.h"

namespace pghaul::job {
namespace {

using SyncedTable = measure::Report::SyncedTable;
using Kind = rows::Difference::Kind;

class Sync {
 public:
  Sync(discovery::VerbContext context, LockTimeout& locks, bool& touched)
      : context_(context), locks_(locks), touched_(touched) {}
  Status run();
  /// Tells whether both servers could be reached: one that is lost later may be back.
  [[nodiscard]] bool begun() const noexcept { return ends_.has_value(); }

 private:
  [[nodiscard]] Status check_definitions();
  [[nodiscard]] Status ask_by_record();
  void add_recorded(const RowsRead& read);
  void keep(catalog::Place place, std::uint64_t rows);
  void keep_states_of_written();
  [[nodiscard]] Status check_unwritten(const ChangedTable& changed, SyncWriter& writer) const;
  [[nodiscard]] Status renew_record();
  [[nodiscard]] Status make_durable();
  [[nodiscard]] Status mend_contents(const RowsRead& read);
  [[nodiscard]] Status mend_tables();
  [[nodiscard]] Status mend(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                            postgres::Connection& target);
  [[nodiscard]] static Status compare_rows(const compare::DifferentTable& table, crew::Worker& worker,
                                           postgres::Connection& source, postgres::Connection& target,
                                           TableMender* mender, SyncedTable& counted);
  [[nodiscard]] Status find_rows(const ChangedTable& changed, TableMender& mender, SyncWriter& writer,
                                 postgres::Connection& target, SyncedTable& counted) const;
  [[nodiscard]] Status write_at_once();
  [[nodiscard]] Status mend_large_objects(const RowsRead& read);
  [[nodiscard]] Status compare_written();
  [[nodiscard]] Status compare_large_objects();
  void add_written(SyncedTable written, double start);
  [[nodiscard]] Status refresh_views();
  [[nodiscard]] Status set_sequences();
  [[nodiscard]] Status verify();
  [[nodiscard]] Result<postgres::Connection> open_target() const;
  [[nodiscard]] bool plans() const { return context_.options.dry_run; }
  [[nodiscard]] measure::Report::Sync& done() { return *context_.report.sync; }

  discovery::VerbContext context_;
  LockTimeout& locks_;
  bool& touched_;
  measure::Progress progress_;
  Compared both_;
  std::optional<crew::Worker::Endpoints> ends_;
  RecordedTables recorded_;
  std::vector<compare::DifferentTable> different_;  // those compared in full first
  std::size_t compared_ = 0;                        // how many these are; the others are recorded_.changed
  std::set<catalog::Place> stale_;                  // tables and views whose computed contents differ
  bool different_large_objects_ = false;  // in their owners, comments or grants, or on one side only
  bool replica_ = true;                   // the role may keep triggers and foreign keys from firing
  std::optional<SyncWriter> at_once_;     // otherwise: writes all tables
  std::vector<std::unique_ptr<TableMender>> waiting_;  // the tables that it will write
  std::vector<SyncedTable> counted_;
  std::optional<RecordDraft> draft_;    // of the record to be kept
  std::optional<RecordDraft> target_;   // the target's part of it, as of the state that was compared
  std::uint64_t written_xmin_ = 0;      // of the state in which written tables were compared again
  std::vector<std::uint64_t> writers_;  // of the tables in different_
  std::vector<journal::CopyRecord::Table> kept_;
  std::mutex mutex_;  // guards the report
};

bool of_large_objects(const measure::Report::Mismatch& mismatch) {
  return mismatch.object.starts_with("large object");
}

Status Sync::run() {
  if (Status discovered = discover_both(context_, {}, both_, locks_, progress_); !discovered)
    return discovered;
  if (!context_.report.sync) context_.report.sync.emplace();
  done().planned = plans();
  if (Status checked = check_definitions(); !checked) return checked;
  watch_locks(both_, locks_, progress_);
  ends_.emplace(both_.ends(context_.stop));
  if (Status asked = ask_by_record(); !asked) return asked;
  {
    const Result<RowsRead> read = read_rows(context_, both_, true, *ends_, progress_);
    if (!read) return fail(read.error());
    context_.report.verification = compare::digest_mismatches(*read->work, *read->results);
    different_ = read->search->different(*read->results);
    add_recorded(*read);
    for (const plan::TablePlan& computed : both_.found.plan.computed) {
      const verify::Ledger::Tally line = read->results->ledger.computed(computed.relation);
      if (line.sent != line.came_back) stale_.insert(computed.relation);
    }
    if (Status possible = refusal_of_contents(different_); !possible) return possible;
    const Status mended = discovery::announce_phase(context_, "sync", [&] { return mend_contents(*read); });
    if (!mended) return mended;
  }
  std::ranges::sort(done().tables, {}, &SyncedTable::object);
  if (plans()) return {};
  if (Status refreshed = discovery::time_phase(context_, "refresh", [&] { return refresh_views(); });
      !refreshed)
    return refreshed;
  if (Status set = set_sequences(); !set) return set;
  if (Status verified = verify(); !verified) return verified;
  if (draft_) return renew_record();
  return touched_ ? make_durable() : Status{};
}

/// Asks both servers what has changed since the copy, where the target has a record of it. Those tables need
/// not be compared.
Status Sync::ask_by_record() {
  if (context_.options.keep_record) {
    Result<RecordDraft> draft = begin_record(both_.found.source_hold->connection(), context_.stop);
    if (!draft) return fail(draft.error());
    draft_ = std::move(*draft);
    Result<RecordDraft> of_target = read_state_of_target(both_.target_hold->connection());
    if (!of_target) return fail(of_target.error());
    target_ = std::move(*of_target);
  }
  const Status asked = discovery::announce_phase(context_, "count", [&]() -> Status {
    Result<RecordedTables> recorded = ask_what_has_changed(context_, both_, *ends_);
    if (!recorded) return fail(recorded.error());
    recorded_ = std::move(*recorded);
    return {};
  });
  if (!asked) return asked;
  done().by_record = recorded_.found;
  done().unchanged = recorded_.unchanged.size();
  done().in_full = recorded_.in_full;
  for (const auto& [place, rows] : recorded_.unchanged) both_.comparable.erase(place);
  for (const ChangedTable& changed : recorded_.changed)
    both_.comparable.erase(changed.table.table.parts.front().place);
  return {};
}

/// Adds the tables that the record tells about to those that differ, and to what has been verified.
void Sync::add_recorded(const RowsRead& read) {
  compared_ = different_.size();
  measure::Report::Verification& whole = *context_.report.verification;
  whole.tables += static_cast<std::int64_t>(recorded_.unchanged.size() + recorded_.changed.size());
  for (const auto& [place, rows] : recorded_.unchanged) whole.rows += static_cast<std::int64_t>(rows);
  for (const ChangedTable& changed : recorded_.changed) {
    whole.rows += static_cast<std::int64_t>(changed.source_rows);
    different_.push_back(changed.table);
  }
  if (recorded_.found) {
    whole.notes.push_back({"rows that have not been written since the copy",
                           "they were compared when they were copied, and are not read again"});
  }
  if (!draft_) return;
  for (const plan::TablePlan& table : both_.found.plan.tables) {
    if (table.tree != catalog::kNone) continue;
    keep(table.relation, read.results->ledger.tally(table.relation).sent.rows);
  }
  for (const auto& [place, rows] : recorded_.unchanged) keep(place, rows);
  for (const ChangedTable& changed : recorded_.changed)
    keep(changed.table.table.parts.front().place, changed.source_rows);
}

void Sync::keep(catalog::Place place, std::uint64_t rows) {
  const catalog::Relation& relation = both_.found.source.relations[place];
  kept_.push_back({.name = relation.name,
                   .oid = relation.oid,
                   .definition = {},
                   .target_oid = 0,
                   .target_definition = {},
                   .rows = rows});
}

Status Sync::renew_record() {
  both_.target_hold.reset();  // it has read the record before
  Result<postgres::Connection> target = open_target();
  if (!target) return fail(target.error());
  keep_states_of_written();
  return keep_record(*draft_, *target_, kept_, *target);
}

/// Gives each table that was written the state in which it held what the source has: when it was compared
/// again, or the state before and what was written then. A row that somebody else wrote after the first
/// comparison is later than that, and will be found.
void Sync::keep_states_of_written() {
  for (std::size_t i = 0; i < different_.size(); ++i) {
    const catalog::Oid oid = different_[i].table.first().oid;
    const auto kept = std::ranges::find(kept_, oid, &journal::CopyRecord::Table::oid);
    if (kept == kept_.end()) continue;
    kept->target_writer = writers_[i];
    if (i < compared_) kept->target_xmin = written_xmin_;
  }
}

/// Waits until what was written is on the target's disk, and on that of the standbys that it waits for.
Status Sync::make_durable() {
  Result<postgres::Connection> target = open_target();
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(context_.stop, *target);
  postgres::Transaction barrier = postgres::Transaction::begin(*target);
  target->send_ahead(postgres::kCommitAsConfigured);
  // A commit waits for the disk only where its transaction has written WAL.
  const Status durable = barrier.commit("SELECT pg_catalog.pg_logical_emit_message(true, 'pghaul', '')");
  return durable ? durable : durable.error().during("making the sync durable in the target");
}

/// Refuses where definitions differ, or the target has not been confirmed.
Status Sync::check_definitions() {
  compare::Mismatches all = both_.one_sided;
  Result<compare::Mismatches> objects = compare::compare_objects(
      std::move(*both_.objects), both_.found, context_.options, context_.report, context_.stop);
  if (!objects) return fail(objects.error());
  std::ranges::move(*objects, std::back_inserter(all));
  different_large_objects_ = std::erase_if(all, of_large_objects) > 0;
  std::vector<plan::Finding> findings = findings_of_definitions(all);
  if (findings.empty() && !plans()) {
    Result<postgres::Connection> target = open_target();
    if (!target) return fail(target.error());
    const Result<bool> replica = catalog::may_set_replica_role(*target);
    if (!replica) return fail(replica.error());
    replica_ = *replica;
    Result<std::vector<plan::Finding>> of_target =
        findings_of_target(*target, both_.found, replica_, context_.options.confirm);
    if (!of_target) return fail(of_target.error());
    findings = std::move(*of_target);
  }
  std::ranges::copy(findings, std::back_inserter(both_.found.findings));
  context_.report.findings.clear();
  report_findings(both_.found, context_.report);
  return refusal_of(findings);
}

Status Sync::mend_contents(const RowsRead& read) {
  if (Status mended = mend_tables(); !mended) return mended;
  return mend_large_objects(read);
}

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

Status Sync::mend_large_objects(const RowsRead& read) {
  const verify::Ledger::Tally digests = read.results->ledger.large_objects();
  different_large_objects_ = different_large_objects_ || digests.sent != digests.came_back;
  if (!different_large_objects_ || !context_.options.wants_large_objects()) return {};
  touched_ = touched_ || !plans();
  // Where all tables were written at once, the target's state was released; nobody else writes there.
  tasks::BothServers servers(*ends_, read.source,
                             both_.target_hold ? read.results->target.snapshot : std::nullopt);
  const double start = context_.timeline.now();
  Result<MendedLargeObjects> mended =
      job::mend_large_objects(context_, both_.found, *ends_, servers, !plans());
  if (!mended) return fail(mended.error());
  add_written({.object = "large objects",
               .inserted = mended->made,
               .updated = mended->changed,
               .deleted = mended->removed,
               .bytes = mended->bytes},
              start);
  return {};
}

/// Compares owners, comments and grants of large objects once more.
Status Sync::compare_large_objects() {
  Result<discovery::Objects> of_source =
      discovery::source_objects(both_.found.source_hold->connection(), both_.found, context_.options);
  if (!of_source) return fail(of_source.error());
  Result<compare::Mismatches> objects = compare::compare_objects(
      std::move(*of_source), both_.found, context_.options, context_.report, context_.stop);
  if (!objects) return fail(objects.error());
  std::erase_if(*objects, [](const auto& one) { return !of_large_objects(one); });
  compare::add(std::move(*objects), *context_.report.verification);
  return {};
}

/// Refreshes the materialized views that read what was written, and those that differ, each after those that
/// it reads.
Status Sync::refresh_views() {
  const std::vector<catalog::Relation>& relations = both_.found.source.relations;
  std::set<catalog::Oid> written;
  for (const compare::DifferentTable& table : different_) {
    for (const rows::ComparedTable::Part& part : table.table.parts) written.insert(part.relation->oid);
  }
  std::set<catalog::Place> waiting;
  for (const catalog::Place place : both_.comparable) {
    if (relations[place].kind == 'm' && relations[place].populated) waiting.insert(place);
  }
  if (waiting.empty() || (written.empty() && stale_.empty())) return {};
  Result<postgres::Connection> target = open_target();
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(context_.stop, *target);
  tasks::obey_row_security(*target);
  const auto is_next = [&](catalog::Place place) {
    return std::ranges::none_of(waiting, [&](catalog::Place other) {
      return std::ranges::find(relations[place].depends_on, relations[other].oid) !=
             relations[place].depends_on.end();
    });
  };
  while (!waiting.empty()) {
    const catalog::Place view = *std::ranges::find_if(waiting, is_next);
    waiting.erase(view);
    const bool reads_written = std::ranges::any_of(relations[view].depends_on,
                                                   [&](catalog::Oid oid) { return written.contains(oid); });
    if (!reads_written && !stale_.contains(view)) continue;
    const catalog::Name& name = relations[view].name;
    touched_ = true;
    const Status refreshed =
        target->execute("REFRESH MATERIALIZED VIEW " + postgres::quote(name.schema, name.name));
    if (!refreshed) return refreshed.error().during("cannot refresh materialized view " + shown(name));
    written.insert(relations[view].oid);
    stale_.insert(view);
  }
  return {};
}

/// Gives sequences the source's present values, where they differ.
Status Sync::set_sequences() {
  std::vector<catalog::Sequence> wanted = both_.found.source.sequences;
  std::erase_if(wanted, [](const catalog::Sequence& one) { return !one.unreadable_reason.empty(); });
  if (wanted.empty()) return {};
  Result<postgres::Connection> source =
      postgres::Connection::open(ends_->source, postgres::Side::source, ends_->encoding, context_.stop);
  if (!source) return fail(source.error());
  if (Status read = catalog::read_sequences(*source, wanted); !read)
    return read.error().during("reading the source's sequences");
  Result<postgres::Connection> target = open_target();
  if (!target) return fail(target.error());
  Result<std::vector<catalog::Sequence>> there =
      catalog::list_sequences(*target, [](catalog::Oid) { return true; });
  if (!there) return fail(there.error());
  std::erase_if(*there, [&](const catalog::Sequence& one) {
    return std::ranges::find(wanted, one.name, &catalog::Sequence::name) == wanted.end();
  });
  if (Status read = catalog::read_sequences(*target, *there); !read)
    return read.error().during("reading the target's sequences");
  std::erase_if(wanted, [&](const catalog::Sequence& one) {
    const auto twin = std::ranges::find(*there, one.name, &catalog::Sequence::name);
    return twin != there->end() && twin->last_value == one.last_value && twin->is_called == one.is_called;
  });
  done().sequences = wanted.size();
  for (const std::string& statement : schema::set_sequences(wanted)) {
    touched_ = true;
    if (Status set = target->execute(statement); !set)
      return set.error().during("setting the target's sequences");
  }
  return {};
}

/// Compares what was written, as it is now, with the snapshot; all else was compared before.
Status Sync::verify() {
  measure::Report::Verification& whole = *context_.report.verification;
  whole.mismatches.clear();  // those of tables that have been mended since
  std::set<catalog::Place> written = stale_;
  for (std::size_t i = 0; i < compared_; ++i) {
    const compare::DifferentTable& table = different_[i];
    whole.rows += static_cast<std::int64_t>(table.whole.source.rows) -
                  static_cast<std::int64_t>(table.whole.target.rows);
    for (const rows::ComparedTable::Part& part : table.table.parts) written.insert(part.place);
  }
  both_.comparable = std::move(written);
  if (!both_.comparable.empty() || different_large_objects_) {
    if (Status compared = compare_written(); !compared) return compared;
  }
  return discovery::time_phase(context_, "verify", [&]() -> Status {
    Result<compare::Mismatches> sequences =
        compare::compare_sequences({}, both_.found, context_.report.left_out, context_.stop);
    if (!sequences) return fail(sequences.error());
    compare::add(std::move(*sequences), whole);
    return compare::as_status(whole.mismatches);
  });
}

/// Reads what was written once more, on both sides.
Status Sync::compare_written() {
  measure::Report::Verification& whole = *context_.report.verification;
  if (different_large_objects_) {
    if (Status compared = compare_large_objects(); !compared) return compared;
  } else {
    both_.found.source.large_objects.range_starts.clear();
  }
  std::vector<measure::Report::Table> tables = context_.report.tables;
  if (Status held = hold_target({}, both_); !held) return held;
  if (draft_) {
    const Result<postgres::History> now = postgres::read_history(both_.target_hold->connection());
    if (!now) return fail(now.error());
    written_xmin_ = now->xmin;
  }
  const Result<RowsRead> read = read_rows(context_, both_, false, *ends_, progress_);
  if (!read) return fail(read.error());
  for (measure::Report::Table& table : tables) {
    for (const measure::Report::Table& again : context_.report.tables) {
      if (again.schema == table.schema && again.name == table.name) table = again;
    }
  }
  context_.report.tables = std::move(tables);
  compare::add(compare::digest_mismatches(*read->work, *read->results).mismatches, whole);
  tasks::BothServers servers(*ends_, read->source, read->results->target.snapshot);
  return tasks::compare_computed(*read->work, *read->results, servers, whole);
}

Result<postgres::Connection> Sync::open_target() const {
  return postgres::Connection::open(both_.found.target_string, postgres::Side::target,
                                    both_.found.source.server.encoding, context_.stop);
}

}  // namespace

Status sync_databases(discovery::VerbContext context, bool& touched) {
  crew::Backoff backoff(context.options.retry_for);
  for (int attempt = 1;; ++attempt) {
    const double start = context.timeline.now();
    LockTimeout locks(context);
    Sync sync(locks.context(), locks, touched);
    Status done = locks.end(guarded("bringing a copy up to date", [&] { return sync.run(); }));
    if (done || !sync.begun()) return done;
    // What has been committed is equal by now, so beginning again continues.
    const Error& failure = done.error();
    if (!crew::may_pass(failure) && failure.code != ErrorCode::snapshot_lost) return done;
    const std::optional<std::chrono::milliseconds> wait =
        backoff.after(failure, crew::milliseconds_since(context.timeline, start));
    if (!wait) return done;
    context.events.retry("the sync", failure.message, std::chrono::duration<double>(*wait).count(), attempt);
    if (!wait_for(*wait, context.stop)) return done;
  }
}

}  // namespace pghaul::job
