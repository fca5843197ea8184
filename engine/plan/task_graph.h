#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "catalog/model.h"
#include "plan/machines.h"
#include "plan/milestone.h"
#include "plan/page_range.h"

namespace pghaul::plan {

/// The work of a task, and what its `objects` are places of (in the source's Catalog).
enum class TaskKind : std::uint8_t {
  copy,                       // relations: rows of whole tables, or of one page range of one table
  large_objects,              // one place in LargeObjects::range_starts
  large_object_properties,    // the same: owners, grants and comments, in as many transactions as it takes
  sequences,                  // all of them, in one task: no objects
  index,                      // indexes: CREATE INDEX, of one table, or of many tiny ones
  attach_indexes,             // indexes: partitioned ones whose index partitions all stand
  keys,                       // constraints: primary keys, unique and exclusion constraints
  foreign_key,                // constraints: added, not checked where validate follows
  validate,                   // constraints: foreign keys that have been added
  read_source,                // relations: from the source, for nothing but the digest
  large_objects_read_source,  // one place in LargeObjects::range_starts
  read_back,                  // relations: from the target, for the digest
  large_objects_read_back,    // one place in LargeObjects::range_starts
  read_source_computed,       // relations: generated columns or a materialized view, from the source
  read_back_computed,         // relations: the same from the target, which has computed it anew
  read_statistics,            // relations: the planner's statistics of them, from the source into the journal
  statistics,                 // relations: these statistics, imported into the target
  analyze,                    // relations; a partitioned one with all of its tree, from PostgreSQL 18 on ONLY
  post_data,        // the rest of what pg_dump calls post-data: triggers, rules, policies …; no objects
  refresh,          // relations: one materialized view
  open,             // the application is let in: what comes after is done online; objects: see opened()
  release_opening,  // the state that the target had then is released, once it has been read back; no objects
};
inline constexpr std::size_t kTaskKinds = static_cast<std::size_t>(TaskKind::release_opening) + 1;
[[nodiscard]] const char* task_kind_name(TaskKind kind) noexcept;
/// Returns the phase of a report that it counts for: data, indexes, constraints, verify …
[[nodiscard]] const char* phase_of(TaskKind kind) noexcept;
/// Returns the first milestone that does not stand before a task of this kind has finished.
[[nodiscard]] Milestone milestone_of(TaskKind kind) noexcept;
/// Tells whether it needs the source's snapshot, which can go when the last such task is done.
[[nodiscard]] bool reads_source(TaskKind kind) noexcept;

/// Table-level locks that matter here, with PostgreSQL's conflicts between them.
/// Source  PostgreSQL manual, "Explicit Locking", table 13.2.
enum class LockMode : std::uint8_t {
  access_share,            // COPY TO
  row_exclusive,           // COPY FROM
  share_update_exclusive,  // ANALYZE, taking statistics over, VALIDATE CONSTRAINT of the table that refers
  share,                   // CREATE INDEX
  share_row_exclusive,     // ADD FOREIGN KEY, CREATE TRIGGER
  access_exclusive,        // TRUNCATE, ADD CONSTRAINT … USING INDEX
};
inline constexpr std::size_t kLockModes = 6;
[[nodiscard]] bool conflict(LockMode one, LockMode other) noexcept;

struct RelationLock {
  catalog::Place relation;
  LockMode mode;
};

using TaskId = std::uint32_t;

/// One piece of work for one worker: one transaction on the target.
struct Task {
  TaskId id = 0;  // its place in the graph, which add() sets; the journal knows it by this
  TaskKind kind = TaskKind::copy;
  Milestone milestone = Milestone::data;  // the one that waits for it
  std::vector<catalog::Place> objects;
  PageRange pages;                  // for copy: blocks on the source
  std::uint32_t part = 0;           // for read_source and read_back: piece `part` of `parts` of the table,
  std::uint32_t parts = 1;          //   whose size on the target is known only when it has been written
  bool online = false;              // done beside an application that writes: in forms that don't hold it up
  bool reads_others = false;        // its functions or queries may read what a later task makes
  double seconds = 0;               // predicted cost when nothing else runs
  double afterwards = 0;            // predicted cost of what waits for it without being a task
  Load load;                        // what it keeps busy while it runs
  std::vector<TaskId> after;        // tasks that must have finished
  std::vector<RelationLock> locks;  // on the target; the scheduler starts nothing that would wait for one
};

/// Tasks and their order. Acyclic: a task's `after` holds only smaller ids.
struct TaskGraph {
  std::vector<Task> tasks;

  /// Adds it as the last one, and returns the id that it gives it.
  TaskId add(Task task);
  /// Returns the seconds from each task's start to the end of the longest chain that waits for it.
  [[nodiscard]] std::vector<double> remaining_paths() const;
  [[nodiscard]] double total_seconds() const noexcept;
};

}  // namespace pghaul::plan
