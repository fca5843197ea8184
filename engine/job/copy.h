#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "compare/object_mismatches.h"
#include "crew/worker.h"
#include "discovery/discovery.h"
#include "discovery/target_hold.h"
#include "discovery/verb_context.h"
#include "follow/progress.h"
#include "job/keep_record.h"
#include "job/lock_timeout.h"
#include "journal/journal.h"
#include "measure/progress.h"
#include "postgres/cancel_on_stop.h"
#include "tasks/results.h"
#include "tasks/row_source.h"
#include "tasks/schema_restore.h"

namespace pghaul::job {

/// Describes the changes that are to follow a copy.
struct Changes {
  follow::Progress from;  // where they begin
  /// Applies those up to a position to the target, in whose schema the progress is.
  std::function<Status(const std::string& schema, Lsn until)> catch_up;
  /// Takes the hold of the target once the copy is complete: no other run gets in before the changes follow.
  std::function<void(discovery::TargetHold hold)> hand_over;
};

/// One run of a copy: from two connection strings, or from the journal of an earlier run, to a verified
/// target. Its phases, in order, are run_phases()'s lines. Beside copy.cpp, copy_target.cpp has what is done
/// to the target before rows come, copy_resume.cpp how an earlier run's work is kept, copy_opening.cpp how
/// the application is let in, copy_comparison.cpp and copy_end.cpp the proof and the end.
///
/// Threads    one; the workers it starts have ended when run() returns.
class Copy {
 public:
  /// `resume`: resume the job whose journal the target holds. `changes`: that are to be applied to the copy;
  /// nothing: none are.
  Copy(discovery::VerbContext context, bool resume, std::optional<Changes> changes);

  [[nodiscard]] Status run();
  /// Tells whether something on the target has been changed.
  [[nodiscard]] bool touched() const noexcept { return touched_; }
  /// Tells whether a failed run has left a journal that another run may resume.
  [[nodiscard]] bool can_go_on() const noexcept { return can_go_on_; }
  [[nodiscard]] std::uint64_t tasks_done() const noexcept { return progress_.tasks_done.value(); }

 private:
  [[nodiscard]] Status run_phases();
  [[nodiscard]] Status look();
  [[nodiscard]] Status look_at_journal();
  [[nodiscard]] Status check_toast_compression();
  [[nodiscard]] Status refuse() const;
  [[nodiscard]] Status open_journal();
  [[nodiscard]] Status begin_changes();
  [[nodiscard]] Result<follow::LateTable> start_of_run();
  [[nodiscard]] Status check_source_state(journal::Journal::Done& done);
  [[nodiscard]] Status start_unfinished_tables(journal::Journal::Done& done);
  [[nodiscard]] Result<Lsn> find_catch_up();
  [[nodiscard]] Status restart();
  [[nodiscard]] Status resume();
  [[nodiscard]] Status replace_lost_rows(const std::vector<catalog::Place>& lost);
  void report_run(bool complete);
  void report_emptied(const std::vector<catalog::Place>& lost);
  [[nodiscard]] Status restore_pre_data();
  [[nodiscard]] Status make_definitions(postgres::Connection& target);
  [[nodiscard]] Status move();
  [[nodiscard]] Status restore_the_end();
  void name_out_of_reach();
  [[nodiscard]] Status make_room(const std::string& journal_before);
  [[nodiscard]] Status empty_tables();
  [[nodiscard]] Status clear_target(const std::string& kept_schema);
  [[nodiscard]] Status prepare_opening(bool again);
  [[nodiscard]] Status hold_opened_state();
  [[nodiscard]] Status compare();
  [[nodiscard]] Status compare_catalogs();
  [[nodiscard]] Status close_journal(Status outcome);
  [[nodiscard]] Status hand_over();
  [[nodiscard]] Status remove_journal();
  [[nodiscard]] Status forget_sequences(journal::Journal::Done& done);
  void begin_reading_source_objects();
  void release_source();
  /// Returns the end of the names of this run's sessions in the target.
  [[nodiscard]] std::string mark() const { return " " + target_hold_->session(); }
  [[nodiscard]] Status keep_record_of_copy();
  [[nodiscard]] Result<std::map<catalog::Place, std::vector<std::uint64_t>>> writers_of_tables();
  void prepare_run();
  [[nodiscard]] int workers() const;
  [[nodiscard]] crew::Worker::Endpoints ends() const;
  /// Tells whether the application is let in before the copy's end.
  [[nodiscard]] bool opens_early() const noexcept {
    return found_.plan_options.open_after != plan::Milestone::verified;
  }

  LockTimeout locks_;
  discovery::VerbContext context_;
  bool resume_;
  std::optional<Changes> changes_;
  std::optional<discovery::TargetHold> target_hold_;
  std::optional<postgres::CancelOnStop> cancel_on_stop_;
  std::optional<journal::Journal> journal_;  // found in the target, or our own
  discovery::Discovery found_;
  std::optional<RecordDraft> draft_;  // of the record that is kept at the end
  Status durable_;                    // what the record's snapshot sees is on the source's disk
  postgres::History target_before_;   // the target's state before this run copied anything, for the record
  measure::Progress progress_;
  std::optional<tasks::WorkPlan> work_;  // once the plan is made, as are the next three
  std::optional<tasks::Results> results_;
  std::unique_ptr<tasks::RowSource> rows_;
  std::optional<tasks::SchemaRestore> schema_;
  std::optional<discovery::SourceHold> opened_state_;  // of the target, when it was opened
  double earlier_seconds_ = 0;      // of a resumed copy: from its first run's start to this one's
  double seconds_after_tasks_ = 0;  // predicted: the end of the schema, and comparing catalogs
  bool continues_ = false;          // an earlier run has come some way
  std::future<Result<discovery::Objects>>
      source_objects_;  // as of the snapshot; reading them uses the source hold's connection
  bool touched_ = false;
  bool can_go_on_ = false;
};

/// pghaul copy: runs until the job is done, or a failure is permanent. `touched`: the target was changed.
/// `changes`: as for Copy; then the journal stays in the target, at stage `following`.
[[nodiscard]] Status copy_database(discovery::VerbContext context, bool& touched,
                                   const std::optional<Changes>& changes = {});

}  // namespace pghaul::job
