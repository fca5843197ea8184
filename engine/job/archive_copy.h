#pragma once

#include <optional>
#include <string>

#include "archive/writer.h"
#include "base/error.h"
#include "crew/worker.h"
#include "discovery/discovery.h"
#include "discovery/verb_context.h"
#include "job/lock_timeout.h"
#include "journal/journal.h"
#include "measure/progress.h"
#include "tasks/results.h"

namespace pghaul::job {

/// pghaul copy SOURCE archive:FOLDER: from a connection string to a whole archive. Its phases, in order, are
/// run()'s lines.
///
/// Threads    one; the workers it starts have ended when run() returns.
class ArchiveCopy {
 public:
  ArchiveCopy(discovery::VerbContext context, std::string folder)
      : locks_(context), context_(locks_.context()), folder_(std::move(folder)) {}

  [[nodiscard]] Status run();
  /// Tells whether something has been written into the folder.
  [[nodiscard]] bool touched() const noexcept { return touched_; }

 private:
  [[nodiscard]] Status run_phases();
  [[nodiscard]] Status look();
  [[nodiscard]] Status refuse() const;
  [[nodiscard]] Status open_folder();
  [[nodiscard]] Status restart();
  [[nodiscard]] Status go_on(const journal::Journal::Header& now);
  [[nodiscard]] Status prove_unchanged_since(const journal::Journal::Header& then);
  [[nodiscard]] Status write_documents();
  [[nodiscard]] Status move();
  [[nodiscard]] Status complete();
  [[nodiscard]] archive::Manifest manifest() const;
  [[nodiscard]] journal::Journal::Done done_before() const;
  void prepare_run();
  void watch_locks();
  [[nodiscard]] crew::Worker::Endpoints ends() const;

  LockTimeout locks_;
  discovery::VerbContext context_;
  std::string folder_;
  archive::FolderState state_ = archive::FolderState::absent;
  std::optional<archive::Writer> writer_;
  discovery::Discovery found_;
  measure::Progress progress_;
  std::optional<tasks::WorkPlan> work_;    // once the plan is made
  std::optional<tasks::Results> results_;  // the same
  archive::Manifest::Document schema_;
  archive::Manifest::Document catalog_;
  std::string created_;
  bool touched_ = false;
};

}  // namespace pghaul::job
