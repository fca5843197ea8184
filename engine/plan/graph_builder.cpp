#include "plan/graph_builder.h"

#include <algorithm>
#include <utility>

#include "plan/cost.h"
#include "plan/statistics.h"

namespace pghaul::plan {

using catalog::Place;

GraphBuilder::GraphBuilder(const catalog::Catalog& all, const catalog::Server* onto, const PlanOptions& how,
                           int workers, const Relatives& linked, const MovedRows& moved_rows,
                           const std::vector<TablePlan>& tables, const std::vector<TablePlan>& computed)
    : source(all),
      target(onto),
      options(how),
      jobs(workers),
      links(linked),
      moved(moved_rows),
      group_of(all.relations.size(), catalog::kNone),
      last_task_of_index(all.indexes.size()),
      tables_(tables),
      table_of_(all.relations.size(), catalog::kNone),
      computed_(all.relations.size(), nullptr) {
  for (std::uint32_t i = 0; i < tables.size(); ++i) table_of_[tables[i].relation] = i;
  for (const TablePlan& one : computed) computed_[one.relation] = &one;
}

Task GraphBuilder::new_task(TaskKind kind, Places objects) const {
  Task task;
  task.kind = kind;
  task.milestone = milestone_of(kind);
  task.objects = std::move(objects);
  task.seconds = options.rates.transaction;
  task.load = load_of(kind, options.rates);
  if (reads_source(kind)) task.afterwards = options.rates.at_the_end;  // the source's objects are read then
  return task;
}

TaskId GraphBuilder::add(Task task) {
  wait_longer(task, answer_seconds(task, options.rates));
  std::sort(task.after.begin(), task.after.end());
  task.after.erase(std::unique(task.after.begin(), task.after.end()), task.after.end());
  return graph.add(std::move(task));
}

void GraphBuilder::wait_for_index(Task& task, Place index) const {
  if (last_task_of_index[index]) task.after.push_back(*last_task_of_index[index]);
}

const TablePlan* GraphBuilder::table_plan(Place relation) const {
  const std::uint32_t table = table_of_[relation];
  return table == catalog::kNone ? nullptr : &tables_[table];
}

const TablePlan* GraphBuilder::computed_plan(Place relation) const {
  return computed_[relation];
}

const GraphBuilder::MilestonesOfGroup& GraphBuilder::reached_by(Place relation) const {
  static const MilestonesOfGroup kNothing;
  const std::uint32_t group = group_of[relation];
  return group == catalog::kNone ? kNothing : milestones_of_group[group];
}

bool GraphBuilder::is_late_key(Place key) const {
  const Place index = links.index_at(source.constraints[key].index);
  return index != catalog::kNone && is_late_index(index);
}

bool GraphBuilder::has_late_index(Place relation) const {
  return std::ranges::any_of(links.indexes[relation], [&](Place index) { return is_late_index(index); }) ||
         std::ranges::any_of(links.keys[relation], [&](Place key) { return is_late_key(key); });
}

bool GraphBuilder::analyzes_whole_trees() const noexcept {
  return (target != nullptr ? *target : source.server).version < 180000;
}

bool GraphBuilder::carries_statistics(Place place) const noexcept {
  const catalog::Relation& relation = source.relations[place];
  if (!options.stored.empty()) return false;               // no archive holds them
  if (moved.trees[place] != catalog::kNone) return false;  // those are about other rows
  return options.carry_statistics && target != nullptr && takes_statistics(*target) &&
         relation.has_statistics && worth_carrying(relation);
}

void wait_for(Task& task, const std::vector<TaskId>& more) {
  task.after.insert(task.after.end(), more.begin(), more.end());
}

}  // namespace pghaul::plan
