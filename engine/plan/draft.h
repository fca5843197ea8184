#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "catalog/model.h"
#include "plan/links.h"
#include "plan/make_plan.h"
#include "plan/moved_rows.h"
#include "plan/task_graph.h"

namespace pghaul::plan {

/// A graph in the making, and what has been put into it so far.
///
/// Ownership  none of what its constructor is given, which must outlive it.
struct Draft {
  using Places = std::vector<catalog::Place>;
  using Tasks = std::vector<TaskId>;

  /// What other tasks wait for, of the relations of one batch.
  struct Reached {
    Tasks copied;  // the rows are there; where they may lie in any partition of a tree: those of all of it
    Tasks built;   // CREATE INDEX, or the keys that build their indexes themselves
  };

  /// `tables`: what is copied, with chunks decided. `computed`: what is read of what the target computes
  /// anew. `target` may be nullptr.
  Draft(const catalog::Catalog& source, const catalog::Server* target, const PlanOptions& options, int jobs,
        const Links& links, const MovedRows& moved, const std::vector<TablePlan>& tables,
        const std::vector<TablePlan>& computed = {});

  /// A task without predecessors and with the cost that every task has.
  [[nodiscard]] Task new_task(TaskKind kind, Places objects) const;
  /// Into the graph; what it waits for may be named more than once.
  TaskId add(Task task);
  /// Makes the task wait for what has been added for an index so far.
  void wait_for_index(Task& task, catalog::Place index) const;
  /// nullptr when no rows of it are copied.
  [[nodiscard]] const TablePlan* table_plan(catalog::Place relation) const;
  /// nullptr when nothing of it is computed and compared.
  [[nodiscard]] const TablePlan* computed_plan(catalog::Place relation) const;
  [[nodiscard]] const Reached& reached_by(catalog::Place relation) const;
  /// ANALYZE of a partitioned table does its whole tree; PostgreSQL 18 can do it ONLY.
  [[nodiscard]] bool analyzes_whole_trees() const noexcept;
  /// Indexes and keys that are made late, as a function in their expressions may read other tables.
  [[nodiscard]] bool is_late_index(catalog::Place index) const { return source.indexes[index].reads; }
  [[nodiscard]] bool is_late_key(catalog::Place key) const;
  /// An index or a key of the relation, not those of its partitions, is late.
  [[nodiscard]] bool has_late_index(catalog::Place relation) const;
  /// The source's statistics of it do for the target, so that it isn't analyzed.
  [[nodiscard]] bool carries_statistics(catalog::Place relation) const noexcept;

  const catalog::Catalog& source;
  const catalog::Server* target;
  const PlanOptions& options;
  int jobs;
  const Links& links;
  const MovedRows& moved;

  TaskGraph graph;
  std::optional<TaskId> statistics_read;      // the task that reads them from the source
  std::optional<TaskId> configuration;        // the task that copies extensions' configuration tables
  std::vector<Reached> reached;               // of each batch
  std::vector<std::uint32_t> batch_of;        // of each relation: in reached
  std::vector<std::optional<TaskId>> stands;  // of each index: the last task that makes it what it was

 private:
  const std::vector<TablePlan>& tables_;
  std::vector<std::uint32_t> table_of_;     // of each relation: in tables_
  std::vector<const TablePlan*> computed_;  // of each relation
};

/// Makes the task wait for all of `more`.
void wait_for(Task& task, const std::vector<TaskId>& more);

}  // namespace pghaul::plan
