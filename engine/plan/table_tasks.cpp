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

using Reached = GraphBuilder::MilestonesOfGroup;
using Places = GraphBuilder::Places;

/// Groups those of a group's indexes or keys that are `wanted` by task: all in one if it is tiny, otherwise
/// each alone.
template <typename Wanted>
std::vector<Places> portions(const RelationGroup& group, const std::vector<Places>& of_relations,
                             const Wanted& wanted) {
  Places all;
  for (const Place relation : group.relations) {
    std::ranges::copy_if(of_relations[relation], std::back_inserter(all), wanted);
  }
  if (all.empty()) return {};
  if (group.tiny) return {std::move(all)};
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
bool reads_in_checks(const GraphBuilder& builder, Place table) {
  const Place tree = builder.table_plan(table)->tree;
  return std::ranges::any_of(tree == catalog::kNone ? Places{table} : builder.links.tree(tree),
                             [&](Place member) { return builder.source.relations[member].reads_in_checks; });
}

/// Makes the copy wait for others: types and functions of an extension may read its configuration tables, so
/// all other tables come after these. A table whose checks may read others comes after their group.
void wait_for_rows_of_others(const GraphBuilder& builder, Place table, Task& copy) {
  if (!builder.source.relations[table].extension.empty()) return;
  if (builder.configuration) copy.after.push_back(*builder.configuration);
  copy.reads_others = reads_in_checks(builder, table);
  if (!copy.reads_others) return;
  for (TaskId id = 0; id < builder.graph.tasks.size(); ++id) {
    const Task& other = builder.graph.tasks[id];
    if (other.kind != TaskKind::copy) continue;
    if (!reads_in_checks(builder, other.objects.front())) copy.after.push_back(id);
  }
}

/// Returns the locks of COPY FROM: on the table that it fills, and on the partitions that it finds for rows.
/// Partitioned ones of these get indexes and keys meanwhile, while all else that is done to the others waits
/// for the rows.
std::vector<RelationLock> locks_of_rows_into(const GraphBuilder& builder, const TablePlan& table) {
  if (table.tree == catalog::kNone) return {{table.relation, LockMode::row_exclusive}};
  std::vector<RelationLock> locks;
  for (const Place member : builder.links.tree(table.tree)) {
    if (builder.source.relations[member].kind == 'p') locks.push_back({member, LockMode::row_exclusive});
  }
  return locks;
}

void add_whole_copy(GraphBuilder& builder, const Places& tables, Reached& reached) {
  Task task = builder.new_task(TaskKind::copy, tables);
  const TablePlan& first = *builder.table_plan(tables[0]);
  const bool frozen = first.written_once();
  task.locks = frozen ? lock_each(tables, LockMode::access_exclusive)  // TRUNCATE, for FREEZE
               : first.tree == catalog::kNone ? lock_each(tables, LockMode::row_exclusive)
                                              : locks_of_rows_into(builder, first);
  const PlanOptions& options = builder.options;
  Volume rows;
  LineTime crossing;
  if (tables.size() == 1 && frozen) task.seconds += options.rates.truncate;
  double busy = task.seconds;
  for (const Place table : tables) {
    const Volume of_table = volume_of(builder.source.relations[table]);
    const double seconds = builder.table_plan(table)->seconds * (frozen ? 1 : options.rates.not_frozen);
    task.seconds += seconds;
    busy += seconds * options.factors.busy(options.factors.copy, table);
    rows += of_table;
    crossing += copy_crossing(of_table, table, options.rates, options.factors);
  }
  task.load = copy_load(rows, options.rates);
  task.load *= busy / task.seconds;
  cross(task, crossing);
  wait_for_rows_of_others(builder, tables[0], task);
  reached.copied.push_back(builder.add(std::move(task)));
  if (!builder.source.relations[tables[0]].extension.empty()) builder.configuration = reached.copied.back();
}

void add_split_copy(GraphBuilder& builder, Place table, std::uint32_t chunks, Reached& reached) {
  const std::vector<PageRange> ranges = builder.options.stored.empty()
                                            ? split_pages(builder.source.relations[table].heap_pages, chunks)
                                            : builder.options.stored[table].files;
  const Rates& rates = builder.options.rates;
  const Volume rows = volume_of(builder.source.relations[table]);
  const LineTime crossing = copy_crossing(rows, table, rates, builder.options.factors);
  for (const PageRange& pages : ranges) {
    Task task = builder.new_task(TaskKind::copy, {table});
    task.pages = pages;
    task.locks = locks_of_rows_into(builder, *builder.table_plan(table));
    task.seconds += builder.table_plan(table)->seconds * rates.not_frozen / chunks;
    task.load = copy_load(rows, rates);
    task.load *= builder.options.factors.busy(builder.options.factors.copy, table);
    cross(task, crossing, 1.0 / chunks);
    wait_for_rows_of_others(builder, table, task);
    reached.copied.push_back(builder.add(std::move(task)));
  }
}

void add_copies(GraphBuilder& builder, const Places& tables, Reached& reached) {
  const std::uint32_t chunks = builder.table_plan(tables[0])->chunks;
  if (chunks > 1) {
    add_split_copy(builder, tables[0], chunks, reached);
  } else {
    add_whole_copy(builder, tables, reached);
  }
}

/// Builds the group's indexes, either the late ones or the others.
void add_indexes(GraphBuilder& builder, const RelationGroup& group, bool late,
                 const GraphBuilder::Tasks& after, Reached& reached) {
  const auto wanted = [&](Place index) { return builder.is_late_index(index) == late; };
  for (Places& indexes : portions(group, builder.links.indexes, wanted)) {
    Task task = builder.new_task(TaskKind::index, indexes);
    task.locks = lock_relations_of(indexes, builder.source.indexes, LockMode::share);
    task.reads_others = late;
    for (const Place index : indexes) {
      add_building(builder, index, task);
      if (builder.source.indexes[index].guards()) task.milestone = Milestone::keys;
    }
    wait_for(task, after);
    const TaskId id = builder.add(std::move(task));
    for (const Place index : indexes) builder.last_task_of_index[index] = id;
    reached.built.push_back(id);
  }
}

void add_keys(GraphBuilder& builder, const RelationGroup& group, bool late, const GraphBuilder::Tasks& after,
              Reached& reached) {
  const auto wanted = [&](Place key) { return builder.is_late_key(key) == late; };
  for (Places& keys : portions(group, builder.links.keys, wanted)) {
    Task task = builder.new_task(TaskKind::keys, keys);
    task.locks = lock_relations_of(keys, builder.source.constraints, LockMode::access_exclusive);
    task.reads_others = late;
    bool builds = false;
    for (const Place place : keys) {
      const catalog::Constraint& key = builder.source.constraints[place];
      const Place index = builder.links.index_at(key.index);
      if (built_from_index(key, builder.source.relations[key.relation])) {
        task.seconds += builder.options.rates.statement;
        builder.wait_for_index(task, index);
      } else {
        add_building(builder, index, task);
        wait_for(task, after);
        builds = true;
      }
    }
    const TaskId id = builder.add(std::move(task));
    for (const Place key : keys)
      builder.last_task_of_index[builder.links.index_at(builder.source.constraints[key].index)] = id;
    if (builds) reached.built.push_back(id);
  }
}

void add_read_back(GraphBuilder& builder, const Places& tables, const Reached& reached) {
  const TablePlan& first = *builder.table_plan(tables[0]);
  // Before PostgreSQL 14, each part would read the whole table.
  const bool can_split = builder.target == nullptr || builder.target->version >= kFirstWithTidRangeScan;
  const std::uint32_t parts = can_split ? first.read_parts : 1;
  const Rates& rates = builder.options.rates;
  for (std::uint32_t part = 0; part < parts; ++part) {
    Task task = builder.new_task(TaskKind::read_back, tables);
    task.part = part;
    task.parts = parts;
    task.locks = lock_each(tables, LockMode::access_share);
    LineTime crossing;
    double busy = task.seconds;
    for (const Place table : tables) {
      const Volume rows = volume_of(builder.source.relations[table]);
      const double seconds = read_back_seconds(rows, builder.table_plan(table)->format.binary, rates) *
                             Factors::of(builder.options.factors.read_back, table) *
                             (first.written_once() ? 1 : rates.not_frozen) / parts;
      task.seconds += seconds;
      busy += seconds * builder.options.factors.busy(builder.options.factors.read_back, table);
      crossing += read_back_crossing(rows, table, rates, builder.options.factors);
    }
    task.load *= busy / task.seconds;
    cross(task, crossing, 1.0 / parts);
    wait_for(task, reached.copied);
    builder.add(std::move(task));
  }
}

/// Adds the statistics of tables that have late indexes, or of the others: their expressions have to be
/// sampled.
void add_statistics_of(GraphBuilder& builder, const Places& tables, bool late, const Reached& reached) {
  Places alone;
  for (const Place table : tables) {
    if (builder.has_late_index(table) != late) continue;
    const bool done_with_its_tree =
        builder.analyzes_whole_trees() &&
        builder.links.relation_at(builder.source.relations[table].parent) != catalog::kNone;
    if (!done_with_its_tree) alone.push_back(table);
  }
  GraphBuilder::Tasks after = reached.copied;
  after.insert(after.end(), reached.built.begin(), reached.built.end());
  add_statistics(builder, alone, after);
}

void add_tasks_after_rows(GraphBuilder& builder, const RelationGroup& group, Reached& reached) {
  const bool has_rows = builder.table_plan(group.relations[0]) != nullptr;
  add_indexes(builder, group, false, reached.copied, reached);
  add_keys(builder, group, false, reached.copied, reached);
  if (has_rows && builder.options.read_back) add_read_back(builder, group.relations, reached);
  add_reading_computed(builder, group.relations, reached.copied);
  if (has_rows) add_statistics_of(builder, group.relations, false, reached);
}

}  // namespace

void add_table_tasks(GraphBuilder& builder, std::span<const RelationGroup> groups) {
  Reached rows;
  for (const RelationGroup& group : groups) {
    if (builder.table_plan(group.relations[0]) != nullptr) add_copies(builder, group.relations, rows);
  }
  for (const RelationGroup& group : groups) {
    const auto number = static_cast<std::uint32_t>(builder.milestones_of_group.size());
    for (const Place relation : group.relations) builder.group_of[relation] = number;
    add_tasks_after_rows(builder, group, builder.milestones_of_group.emplace_back(rows));
  }
}

void add_late_table_tasks(GraphBuilder& builder, const RelationGroup& group,
                          const GraphBuilder::Tasks& after) {
  Reached& reached = builder.milestones_of_group[builder.group_of[group.relations[0]]];
  add_indexes(builder, group, true, after, reached);
  add_keys(builder, group, true, after, reached);
  if (builder.table_plan(group.relations[0]) != nullptr)
    add_statistics_of(builder, group.relations, true, reached);
}

}  // namespace pghaul::plan
