#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "job/compare_objects.h"
#include "job/discovery.h"
#include "job/run.h"
#include "job/verb.h"
#include "measure/progress.h"
#include "schema/sections.h"
#include "verify/ledger.h"

namespace pghaul::job {

/// pghaul copy: from two connection strings to a verified target. Its phases, in order, are run()'s lines.
///
/// Threads    one; the workers it starts have ended when run() returns.
class Copy {
 public:
  explicit Copy(Telling telling) : telling_(telling) {}

  [[nodiscard]] Status run();
  /// Something on the target has been changed.
  [[nodiscard]] bool touched() const noexcept { return touched_; }

 private:
  [[nodiscard]] Status look();
  [[nodiscard]] Status refuse() const;
  [[nodiscard]] Status clear_target();
  [[nodiscard]] Status restore_pre_data();
  [[nodiscard]] Status move();
  [[nodiscard]] Status restore_the_end();
  [[nodiscard]] Status set_database_settings();
  [[nodiscard]] Status compare();
  [[nodiscard]] Status compare_catalogs();
  [[nodiscard]] Status restore(const std::vector<schema::Entry>& entries);
  void prepare_run();

  Telling telling_;
  Discovery found_;
  Run run_;
  measure::Progress progress_;
  Omissions omissions_;
  schema::Sections sections_;
  std::optional<verify::Ledger> ledger_;
  std::optional<Result<Objects>> source_objects_;  // as of the snapshot
  bool touched_ = false;
};

}  // namespace pghaul::job
