#pragma once

#include <map>
#include <vector>

#include "catalog/model.h"
#include "plan/milestone.h"
#include "plan/task_graph.h"
#include "tasks/omissions.h"
#include "tasks/opening.h"
#include "tasks/target_state.h"
#include "tasks/work_plan.h"
#include "verify/ledger.h"

namespace pghaul::tasks {

/// The results of a run's tasks, including those that an earlier run has done.
///
/// Threads    what isn't thread-safe by itself does not change while workers run, except for the slots of
///            `index_seconds`, `frozen` and `carried`, each of which only the task of its object writes,
///            `sequences`, which only their one task does, and what TaskReporter guards.
struct Results {
  explicit Results(const WorkPlan& work)
      : ledger(work.source().relations.size()),
        index_seconds(work.source().indexes.size(), 0),
        frozen(work.source().relations.size(), 0),
        carried(work.source().relations.size(), 0),
        journalled(work.tasks().size(), false),
        done(work.tasks().size(), 0) {}

  verify::Ledger ledger;
  Omissions omissions;
  Omissions uncompared;               // materialized views that could not be read on the source
  std::vector<double> index_seconds;  // by the index's place
  std::vector<char> frozen;           // by the relation's place: its rows were copied with FREEZE
  std::vector<char> carried;          // by the relation's place: it got the source's statistics

  /// Sequences as their task has read and set them; empty when it was not this run's.
  std::vector<catalog::Sequence> sequences;
  Opening opening;
  TargetState target;

  std::vector<bool> journalled;  // by the task's id: done by an earlier run

  // Written by TaskReporter, under its mutex.
  std::vector<char> done;                     // by the task's id: by this run, or by an earlier one
  std::map<plan::Milestone, double> reached;  // seconds since the run's start
};

}  // namespace pghaul::tasks
