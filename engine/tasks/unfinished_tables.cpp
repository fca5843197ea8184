#include "tasks/unfinished_tables.h"

#include <map>
#include <set>

#include "tasks/results.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {

using plan::TaskKind;

UnfinishedTables unfinished_tables(const WorkPlan& work, const journal::Journal::Done& done) {
  std::set<catalog::Place> unfinished;
  std::map<catalog::Place, std::vector<plan::TaskId>> copied;
  for (const plan::Task& task : work.tasks()) {
    if (task.kind != TaskKind::copy) continue;
    for (const catalog::Place table : task.objects) {
      if (done.contains(task.id)) {
        copied[table].push_back(task.id);
      } else {
        unfinished.insert(table);
      }
    }
  }
  UnfinishedTables all;
  for (const catalog::Place table : unfinished) {
    all.tables.push_back(table);
    const auto parts = copied.find(table);
    if (parts == copied.end()) continue;
    all.emptied.push_back(table);
    all.forgotten.insert(all.forgotten.end(), parts->second.begin(), parts->second.end());
    all.in_tree = all.in_tree || work.table(table)->tree != catalog::kNone;
  }
  return all;
}

void leave_computed_uncompared(const WorkPlan& work, const journal::Journal::Done& done, Results& results) {
  std::set<catalog::Place> left_out;
  for (const plan::Task& task : work.tasks()) {
    const bool compares =
        task.kind == TaskKind::read_source_computed || task.kind == TaskKind::read_back_computed;
    if (!compares || done.contains(task.id)) continue;
    results.journalled[task.id] = true;  // so no worker does it
    left_out.insert(task.objects.begin(), task.objects.end());
  }
  for (const catalog::Place place : left_out) {
    const catalog::Relation& relation = work.relation(place);
    results.uncompared.add(
        (relation.kind == 'm' ? "materialized view " : "generated columns of ") + shown(relation.name),
        "the copy was interrupted, and the source is written to");
  }
}

}  // namespace pghaul::tasks
