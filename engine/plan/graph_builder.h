#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "catalog/model.h"
#include "plan/make_plan.h"
#include "plan/moved_rows.h"
#include "plan/relatives.h"
#include "plan/task_graph.h"

namespace pghaul::plan {

/// A graph in the making, and indexes into what it holds so far.
///
/// Ownership  none of what its constructor is given, which must outlive it.
struct GraphBuilder {
  using Places = std::vector<catalog::Place>;
  using Tasks = std::vector<TaskId>;

  /// Tasks of one group of relations that other tasks wait for.
  struct MilestonesOfGroup {
    Tasks copied;  // bring the rows; where these may lie in any partition of a tree: those of all of it
    Tasks built;   // CREATE INDEX, or the keys that build their indexes themselves
  };

  /// `tables`: the relations to copy, with chunks decided. `computed`: those whose computed contents are
  /// read. `target` may be nullptr.
  GraphBuilder(const catalog::Catalog& source, const catalog::Server* target, const PlanOptions& options,
               int jobs, const Relatives& links, const MovedRows& moved, const std::vector<TablePlan>& tables,
               const std::vector<TablePlan>& computed = {});

  /// Makes a task without predecessors and with the cost that every task has.
  [[nodiscard]] Task new_task(TaskKind kind, Places objects) const;
  /// Adds it to the graph; a task that it waits for may be named more than once.
  TaskId add(Task task);
  /// Makes the task wait for what has been added for an index so far.
  void wait_for_index(Task& task, catalog::Place index) const;
  /// Returns nullptr when no rows of it are copied.
  [[nodiscard]] const TablePlan* table_plan(catalog::Place relation) const;
  /// Returns nullptr when nothing of it is computed and compared.
  [[nodiscard]] const TablePlan* computed_plan(catalog::Place relation) const;
  [[nodiscard]] const MilestonesOfGroup& reached_by(catalog::Place relation) const;
  /// Tells whether ANALYZE of a partitioned table does its whole tree; PostgreSQL 18 can do it ONLY.
  [[nodiscard]] bool analyzes_whole_trees() const noexcept;
  /// Tells whether an index, or a key, is made late, as a function in its expressions may read other tables.
  [[nodiscard]] bool is_late_index(catalog::Place index) const { return source.indexes[index].reads; }
  [[nodiscard]] bool is_late_key(catalog::Place key) const;
  /// Tells whether an index or a key of the relation, not those of its partitions, is late.
  [[nodiscard]] bool has_late_index(catalog::Place relation) const;
  /// Tells whether the source's statistics of it do for the target, so that it isn't analyzed.
  [[nodiscard]] bool carries_statistics(catalog::Place relation) const noexcept;

  const catalog::Catalog& source;
  const catalog::Server* target;
  const PlanOptions& options;
  int jobs;
  const Relatives& links;
  const MovedRows& moved;

  TaskGraph graph;
  std::optional<TaskId> statistics_read;  // the task that reads them from the source
  std::optional<TaskId> configuration;    // the task that copies extensions' configuration tables
  std::vector<MilestonesOfGroup> milestones_of_group;  // by group
  std::vector<std::uint32_t> group_of;  // by the relation's place: index into milestones_of_group
  std::vector<std::optional<TaskId>>
      last_task_of_index;  // by the index's place: the last task that makes it what it was

 private:
  const std::vector<TablePlan>& tables_;
  std::vector<std::uint32_t> table_of_;     // by the relation's place: index into tables_
  std::vector<const TablePlan*> computed_;  // by the relation's place
};

/// Makes the task wait for all of `more`.
void wait_for(Task& task, const std::vector<TaskId>& more);

}  // namespace pghaul::plan
