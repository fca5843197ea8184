#include "plan/statistics_tasks.h"

#include <utility>

#include "plan/cost.h"

namespace pghaul::plan {

using catalog::Place;

namespace {

/// Returns the volume that is sampled; for a partitioned table, all that is below it.
Volume sampled_rows(const Draft& draft, Place relation) {
  Volume rows;
  for (const Place member : draft.links.tree(relation)) {
    if (draft.source.relations[member].kind != 'p') rows += volume_of(draft.source.relations[member]);
  }
  return rows;
}

double seconds(const Draft& draft, TaskKind kind, Place relation) {
  const Rates& rates = draft.options.rates;
  const std::size_t columns = draft.source.relations[relation].columns.size();
  if (kind == TaskKind::statistics) return statistics_seconds(columns, rates);
  return analyze_seconds(sampled_rows(draft, relation), columns, rates) *
         Factors::of(draft.options.factors.analyze, relation);
}

void add(Draft& draft, TaskKind kind, const Draft::Places& relations, const Draft::Tasks& after) {
  if (relations.empty()) return;
  Task task = draft.new_task(kind, relations);
  for (const Place relation : relations) {
    task.locks.push_back({relation, LockMode::share_update_exclusive});
    task.seconds += seconds(draft, kind, relation);
  }
  wait_for(task, after);
  if (kind == TaskKind::statistics) task.after.push_back(*draft.statistics_read);
  draft.add(std::move(task));
}

}  // namespace

void add_reading_of_statistics(Draft& draft) {
  Draft::Places carried;
  double seconds = 0;
  for (Place place = 0; place < draft.source.relations.size(); ++place) {
    if (!draft.carries_statistics(place)) continue;
    carried.push_back(place);
    seconds += read_statistics_seconds(draft.source.relations[place].columns.size(), draft.options.rates);
  }
  if (carried.empty()) return;
  Task task = draft.new_task(TaskKind::read_statistics, std::move(carried));
  task.seconds += seconds;
  draft.statistics_read = draft.add(std::move(task));
}

void add_statistics(Draft& draft, const Draft::Places& relations, const Draft::Tasks& after) {
  Draft::Places carried;
  Draft::Places analyzed;
  for (const Place relation : relations) {
    (draft.carries_statistics(relation) ? carried : analyzed).push_back(relation);
  }
  add(draft, TaskKind::statistics, carried, after);
  add(draft, TaskKind::analyze, analyzed, after);
}

}  // namespace pghaul::plan
