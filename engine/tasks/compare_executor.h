#pragma once

#include "tasks/task_executor.h"
#include "tasks/task_log.h"

namespace pghaul::tasks {

class RowSource;
struct TargetState;

/// Does the tasks of a comparison: they only read, from the source and from the target.
///
/// Ownership  none of what it is made with, which outlives it.
class CompareExecutor final : public TaskExecutor {
 public:
  CompareExecutor(const WorkPlan& work, const RowSource& source, const TargetState& target, TaskLog& log)
      : work_(work), source_(source), target_(target), log_(log) {}

  [[nodiscard]] Status execute(crew::Worker& worker, const plan::Task& task) override;

 private:
  const WorkPlan& work_;
  const RowSource& source_;
  const TargetState& target_;
  TaskLog& log_;
};

}  // namespace pghaul::tasks
