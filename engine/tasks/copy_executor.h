#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "schema/entry.h"
#include "tasks/open_task.h"
#include "tasks/row_source.h"
#include "tasks/task_executor.h"

namespace pghaul::measure {
class Progress;
}

namespace pghaul::tasks {

class SchemaRestore;

/// Does the tasks of a copy into a server.
///
/// Ownership  none of what its parts refer to, which outlives it.
class CopyExecutor final : public TaskExecutor {
 public:
  struct Parts {
    const WorkPlan& work;
    const RowSource& source;
    const SchemaRestore& schema;
    const std::vector<schema::Entry>& after_data;  // for the post-data task
    ObjectProperties object_properties;            // that large objects are given
    std::size_t locks_together;                    // that a transaction may take at once on the target
    Opener opener;
    bool resumed;  // an earlier run has come some way
    TargetTaskLog& log;
    Results& results;
    measure::Progress& progress;
  };
  explicit CopyExecutor(Parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] Status execute(crew::Worker& worker, const plan::Task& task) override;

 private:
  Parts parts_;
};

}  // namespace pghaul::tasks
