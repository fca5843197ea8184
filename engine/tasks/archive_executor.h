#pragma once

#include "tasks/store_task.h"
#include "tasks/task_executor.h"
#include "tasks/task_log.h"

namespace pghaul::tasks {

/// Does the tasks of a copy into an archive, which gets what can't be made of anything else.
///
/// Ownership  none of what it is made with, which outlives it.
class ArchiveExecutor final : public TaskExecutor {
 public:
  ArchiveExecutor(const RowSource& source, RowStore store, TaskLog& log, Results& results)
      : source_(source), store_(store), log_(log), results_(results) {}

  [[nodiscard]] Status execute(crew::Worker& worker, const plan::Task& task) override;

 private:
  const RowSource& source_;
  RowStore store_;
  TaskLog& log_;
  Results& results_;
};

}  // namespace pghaul::tasks
