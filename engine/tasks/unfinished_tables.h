#pragma once

#include <vector>

#include "journal/journal.h"

namespace pghaul::tasks {

class WorkPlan;
struct Results;

/// Tables whose rows an earlier run of a copy has not copied, or not all.
struct UnfinishedTables {
  std::vector<catalog::Place> tables;   // to be copied under one snapshot
  std::vector<catalog::Place> emptied;  // those of them of which the target has some rows
  std::vector<plan::TaskId> forgotten;  // the tasks that have copied these
  bool in_tree = false;                 // rows of one of `emptied` may lie in another partition on the target
};

[[nodiscard]] UnfinishedTables unfinished_tables(const WorkPlan& work, const journal::Journal::Done& done);

/// Leaves out the comparison of computed values that an earlier run has not come to: the source's may have
/// changed since its rows were copied.
void leave_computed_uncompared(const WorkPlan& work, const journal::Journal::Done& done, Results& results);

}  // namespace pghaul::tasks
