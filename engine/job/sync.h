#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "compare/row_search.h"
#include "crew/worker.h"
#include "discovery/verb_context.h"
#include "job/both_databases.h"
#include "job/keep_record.h"
#include "job/lock_timeout.h"
#include "job/recorded_tables.h"
#include "job/sync_writer.h"
#include "job/table_mender.h"
#include "journal/copy_record.h"
#include "measure/progress.h"
#include "measure/report.h"
#include "postgres/connection.h"
#include "rows/pair_rows.h"

namespace pghaul::job {

/// One attempt of a sync, whose steps run() (sync.cpp) lists in their order. The other files of this name
/// have those of one subject each: sync_record.cpp what a record of the copy tells and a new one,
/// sync_tables.cpp the tables' rows, sync_large_objects.cpp, sync_views.cpp and sync_sequences.cpp what is
/// not in tables, sync_verification.cpp the proof.
///
/// Threads  one; the workers it starts have ended when run() returns.
class Sync {
 public:
  Sync(discovery::VerbContext context, LockTimeout& locks, bool& touched)
      : context_(context), locks_(locks), touched_(touched) {}
  Status run();
  /// Tells whether both servers could be reached: one that is lost later may be back.
  [[nodiscard]] bool begun() const noexcept { return ends_.has_value(); }

 private:
  using SyncedTable = measure::Report::SyncedTable;
  using Differences = std::vector<rows::Difference>;

  [[nodiscard]] Status check_definitions();
  [[nodiscard]] Status ask_by_record();
  void add_recorded(const RowsRead& read);
  void keep(catalog::Place place, std::uint64_t rows);
  void keep_states_of_written();
  [[nodiscard]] Status check_unwritten(const ChangedTable& changed, SyncWriter& writer) const;
  [[nodiscard]] std::vector<std::uint64_t> writers_so_far() const;
  void renew_record();
  [[nodiscard]] Status write_record();
  [[nodiscard]] Status make_durable();
  [[nodiscard]] Status mend_contents(const RowsRead& read);
  [[nodiscard]] Status mend_tables();
  [[nodiscard]] Status mend(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                            postgres::Connection& target);
  [[nodiscard]] Status mend_alone(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                                  postgres::Connection& target);
  [[nodiscard]] Result<std::unique_ptr<TableMender>> prepare(crew::Worker& worker, std::size_t table,
                                                             SyncWriter& writer, postgres::Connection& source,
                                                             postgres::Connection& target);
  [[nodiscard]] Status count_rows_that_differ(crew::Worker& worker, std::size_t table,
                                              postgres::Connection& source, postgres::Connection& target);
  [[nodiscard]] Status compare_rows(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                                    postgres::Connection& target,
                                    const std::function<Status(const Differences&)>& take);
  [[nodiscard]] Status find_rows(const ChangedTable& changed, TableMender& mender, SyncWriter& writer,
                                 postgres::Connection& target, SyncedTable& counted) const;
  [[nodiscard]] Status write_at_once();
  [[nodiscard]] Status mend_large_objects(const RowsRead& read);
  [[nodiscard]] Status compare_written();
  [[nodiscard]] Status compare_large_objects();
  [[nodiscard]] static bool of_large_objects(const measure::Report::Mismatch& mismatch);
  void add_written(SyncedTable written, double start);
  [[nodiscard]] Status refresh_views();
  [[nodiscard]] Status set_sequences();
  [[nodiscard]] Status verify();
  [[nodiscard]] Result<postgres::Connection> open_target() const;
  /// Tells whether the record tells which rows of a table in different_ may have changed.
  [[nodiscard]] bool is_recorded(std::size_t table) const { return table >= compared_; }
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
  std::vector<std::uint64_t> writers_;  // transactions: of the tables in different_
  std::vector<journal::CopyRecord::Table> kept_;
  mutable std::mutex mutex_;  // guards the report, and writers_ while tables are written
};

/// pghaul sync: makes the target, which holds an older copy of the same definitions, equal to one snapshot of
/// the source, writes only what differs, and compares what it has written.
/// `touched`: set once it writes.
[[nodiscard]] Status sync_databases(discovery::VerbContext context, bool& touched);

}  // namespace pghaul::job
