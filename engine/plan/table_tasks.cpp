#include "plan/table_tasks.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "plan/computed_tasks.h"
#include "plan/cost.h"
#include "plan/index_work.h"
#include "plan/page_range.h"
#include "plan/statistics_tasks.h"

namespace pghaul::plan {

using catalog::Place;

namespace {

using Reached = Draft::Reached;
using Places = Draft::Places;

/// Groups those of a batch's indexes or keys that are `wanted` by task: all in one if it is tiny, otherwise
/// each alone.
template <typename Wanted>
std::vector<Places> portions(const Batch& batch, const std::vector<Places>& of_relations,
                             const Wanted& wanted) {
  Places all;
  for (const Place relation : batch.relations) {
    std::ranges::copy_if(of_relations[relation], std::back_inserter(all), wanted);
  }
  if (all.empty()) return {};
  if (batch.tiny) return {std::move(all)};
  std::vector<Places> each;
  for (const Place object : all) each.push_back({object});
  return each;
}

std::vector<RelationLock> lock_each(const Places& relations, LockMode mode) {
  std::vector<RelationLock> locks;
  locks.reserve(relations.size());
  for (const Place relation : relations) locks.push_back({relation, mode});
  return locks;
}

/// `objects`: indexes or constraints, those of one relation next to each other.
template <typename T>
std::vector<RelationLock> lock_relations_of(const Places& objects, const std::vector<T>& all, LockMode mode) {
  std::vector<RelationLock> locks;
  for (const Place object : objects) {
    const Place relation = all[object].relation;
    if (locks.empty() || locks.back().relation != relation) locks.push_back({relation, mode});
  }
  return locks;
}

/// Tells whether the rows meet checks that read tables; rows that go into a tree may meet those of any of its
/// tables.
bool reads_in_checks(const Draft& draft, Place table) {
  const Place tree = draft.table_plan(table)->tree;
  return std::ranges::any_of(tree == catalog::kNone ? Places{table} : draft.links.tree(tree),
                             [&](Place member) { return draft.source.relations[member].reads_in_checks; });
}

/// Makes the copy wait for others: types and functions of an extension may read its configuration tables, so
/// all other tables come after these. A table whose checks may read others comes after their batch.
void wait_for_rows_of_others(const Draft& draft, Place table, Task& copy) {
  if (!draft.source.relations[table].extension.empty()) return;
  if (draft.configuration) copy.after.push_back(*draft.configuration);
  copy.reads_others = reads_in_checks(draft, table);
  if (!copy.reads_others) return;
  for (TaskId id = 0; id < draft.graph.tasks.size(); ++id) {
    const Task& other = draft.graph.tasks[id];
    if (other.kind != TaskKind::copy) continue;
    if (!reads_in_checks(draft, other.objects.front())) copy.after.push_back(id);
  }
}

/// Returns the locks of COPY FROM: on the table that it fills, and on the partitions that it finds for rows.
/// Partitioned ones of these get indexes and keys meanwhile, while all else that is done to the others waits
/// for the rows.
std::vector<RelationLock> locks_of_rows_into(const Draft& draft, const TablePlan& table) {
  if (table.tree == catalog::kNone) return {{table.relation, LockMode::row_exclusive}};
  std::vector<RelationLock> locks;
  for (const Place member : draft.links.tree(table.tree)) {
    if (draft.source.relations[member].kind == 'p') locks.push_back({member, LockMode::row_exclusive});
  }
  return locks;
}

void add_whole_copy(Draft& draft, const Places& tables, Reached& reached) {
  Task task = draft.new_task(TaskKind::copy, tables);
  const TablePlan& first = *draft.table_plan(tables[0]);
  const bool frozen = first.written_once();
  task.locks = frozen ? lock_each(tables, LockMode::access_exclusive)  // TRUNCATE, for FREEZE
                      : locks_of_rows_into(draft, first);
  const PlanOptions& options = draft.options;
  Volume rows;
  Crossing crossing;
  if (tables.size() == 1 && frozen) task.seconds += options.rates.truncate;
  double busy = task.seconds;
  for (const Place table : tables) {
    const Volume of_table = volume_of(draft.source.relations[table]);
    const double seconds = draft.table_plan(table)->seconds * (frozen ? 1 : options.rates.not_frozen);
    task.seconds += seconds;
    busy += seconds * options.factors.busy(options.factors.copy, table);
    rows += of_table;
    crossing += copy_crossing(of_table, table, options.rates, options.factors);
  }
  task.load = copy_load(rows, options.rates);
  task.load *= busy / task.seconds;
  cross(task, crossing);
  wait_for_rows_of_others(draft, tables[0], task);
  reached.copied.push_back(draft.add(std::move(task)));
  if (!draft.source.relations[tables[0]].extension.empty()) draft.configuration = reached.copied.back();
}

void add_split_copy(Draft& draft, Place table, std::uint32_t chunks, Reached& reached) {
  const std::vector<PageRange> ranges = draft.options.stored.empty()
                                            ? split_pages(draft.source.relations[table].heap_pages, chunks)
                                            : draft.options.stored[table].files;
  const Rates& rates = draft.options.rates;
  const Volume rows = volume_of(draft.source.relations[table]);
  const Crossing crossing = copy_crossing(rows, table, rates, draft.options.factors);
  for (const PageRange& pages : ranges) {
    Task task = draft.new_task(TaskKind::copy, {table});
    task.pages = pages;
    task.locks = locks_of_rows_into(draft, *draft.table_plan(table));
    task.seconds += draft.table_plan(table)->seconds * rates.not_frozen / chunks;
    task.load = copy_load(rows, rates);
    task.load *= draft.options.factors.busy(draft.options.factors.copy, table);
    cross(task, crossing, 1.0 / chunks);
    wait_for_rows_of_others(draft, table, task);
    reached.copied.push_back(draft.add(std::move(task)));
  }
}

void add_copies(Draft& draft, const Places& tables, Reached& reached) {
  const std::uint32_t chunks = draft.table_plan(tables[0])->chunks;
  if (chunks > 1) {
    add_split_copy(draft, tables[0], chunks, reached);
  } else {
    add_whole_copy(draft, tables, reached);
  }
}

/// Builds the batch's indexes, either the late ones or the others.
void add_indexes(Draft& draft, const Batch& batch, bool late, const Draft::Tasks& after, Reached& reached) {
  const auto wanted = [&](Place index) { return draft.is_late_index(index) == late; };
  for (Places& indexes : portions(batch, draft.links.indexes, wanted)) {
    Task task = draft.new_task(TaskKind::index, indexes);
    task.locks = lock_relations_of(indexes, draft.source.indexes, LockMode::share);
    task.reads_others = late;
    for (const Place index : indexes) {
      add_building(draft, index, task);
      if (draft.source.indexes[index].guards()) task.milestone = Milestone::keys;
    }
    wait_for(task, after);
    const TaskId id = draft.add(std::move(task));
    for (const Place index : indexes) draft.stands[index] = id;
    reached.built.push_back(id);
  }
}

void add_keys(Draft& draft, const Batch& batch, bool late, const Draft::Tasks& after, Reached& reached) {
  const auto wanted = [&](Place key) { return draft.is_late_key(key) == late; };
  for (Places& keys : portions(batch, draft.links.keys, wanted)) {
    Task task = draft.new_task(TaskKind::keys, keys);
    task.locks = lock_relations_of(keys, draft.source.constraints, LockMode::access_exclusive);
    task.reads_others = late;
    bool builds = false;
    for (const Place place : keys) {
      const catalog::Constraint& key = draft.source.constraints[place];
      const Place index = draft.links.index_at(key.index);
      if (built_from_index(key, draft.source.relations[key.relation])) {
        task.seconds += draft.options.rates.statement;
        draft.wait_for_index(task, index);
      } else {
        add_building(draft, index, task);
        wait_for(task, after);
        builds = true;
      }
    }
    const TaskId id = draft.add(std::move(task));
    for (const Place key : keys) draft.stands[draft.links.index_at(draft.source.constraints[key].index)] = id;
    if (builds) reached.built.push_back(id);
  }
}

void add_read_back(Draft& draft, const Places& tables, const Reached& reached) {
  const TablePlan& first = *draft.table_plan(tables[0]);
  // Before PostgreSQL 14, each part would read the whole table.
  const bool can_split = draft.target == nullptr || draft.target->version >= kFirstWithTidRangeScan;
  const std::uint32_t parts = can_split ? first.read_parts : 1;
  const Rates& rates = draft.options.rates;
  for (std::uint32_t part = 0; part < parts; ++part) {
    Task task = draft.new_task(TaskKind::read_back, tables);
    task.part = part;
    task.parts = parts;
    task.locks = lock_each(tables, LockMode::access_share);
    Crossing crossing;
    double busy = task.seconds;
    for (const Place table : tables) {
      const Volume rows = volume_of(draft.source.relations[table]);
      const double seconds = read_back_seconds(rows, draft.table_plan(table)->format.binary, rates) *
                             Factors::of(draft.options.factors.read_back, table) *
                             (first.written_once() ? 1 : rates.not_frozen) / parts;
      task.seconds += seconds;
      busy += seconds * draft.options.factors.busy(draft.options.factors.read_back, table);
      crossing += read_back_crossing(rows, table, rates, draft.options.factors);
    }
    task.load *= busy / task.seconds;
    cross(task, crossing, 1.0 / parts);
    wait_for(task, reached.copied);
    draft.add(std::move(task));
  }
}

/// Adds the statistics of tables that have late indexes, or of the others: their expressions have to be
/// sampled.
void add_statistics_of(Draft& draft, const Places& tables, bool late, const Reached& reached) {
  Places alone;
  for (const Place table : tables) {
    if (draft.has_late_index(table) != late) continue;
    const bool done_with_its_tree =
        draft.analyzes_whole_trees() &&
        draft.links.relation_at(draft.source.relations[table].parent) != catalog::kNone;
    if (!done_with_its_tree) alone.push_back(table);
  }
  Draft::Tasks after = reached.copied;
  after.insert(after.end(), reached.built.begin(), reached.built.end());
  add_statistics(draft, alone, after);
}

void add_tasks_after_rows(Draft& draft, const Batch& batch, Reached& reached) {
  const bool has_rows = draft.table_plan(batch.relations[0]) != nullptr;
  add_indexes(draft, batch, false, reached.copied, reached);
  add_keys(draft, batch, false, reached.copied, reached);
  if (has_rows && draft.options.read_back) add_read_back(draft, batch.relations, reached);
  add_reading_computed(draft, batch.relations, reached.copied);
  if (has_rows) add_statistics_of(draft, batch.relations, false, reached);
}

}  // namespace

void add_table_tasks(Draft& draft, std::span<const Batch> batches) {
  Reached rows;
  for (const Batch& batch : batches) {
    if (draft.table_plan(batch.relations[0]) != nullptr) add_copies(draft, batch.relations, rows);
  }
  for (const Batch& batch : batches) {
    const auto number = static_cast<std::uint32_t>(draft.reached.size());
    for (const Place relation : batch.relations) draft.batch_of[relation] = number;
    add_tasks_after_rows(draft, batch, draft.reached.emplace_back(rows));
  }
}

void add_late_table_tasks(Draft& draft, const Batch& batch, const Draft::Tasks& after) {
  Reached& reached = draft.reached[draft.batch_of[batch.relations[0]]];
  add_indexes(draft, batch, true, after, reached);
  add_keys(draft, batch, true, after, reached);
  if (draft.table_plan(batch.relations[0]) != nullptr)
    add_statistics_of(draft, batch.relations, true, reached);
}

}  // namespace pghaul::plan
