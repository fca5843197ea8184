#include "plan/statistics_tasks.h"

#include <utility>

#include "plan/cost.h"

namespace pghaul::plan {

using catalog::Place;

namespace {

/// Returns the volume that is sampled; for a partitioned table, all that is below it.
Volume sampled_rows(const GraphBuilder& builder, Place relation) {
  Volume rows;
  for (const Place member : builder.links.tree(relation)) {
    if (builder.source.relations[member].kind != 'p') rows += volume_of(builder.source.relations[member]);
  }
  return rows;
}

double seconds(const GraphBuilder& builder, TaskKind kind, Place relation) {
  const Rates& rates = builder.options.rates;
  const std::size_t columns = builder.source.relations[relation].columns.size();
  if (kind == TaskKind::statistics) return statistics_seconds(columns, rates);
  return analyze_seconds(sampled_rows(builder, relation), columns, rates) *
         Factors::of(builder.options.factors.analyze, relation);
}

void add(GraphBuilder& builder, TaskKind kind, const GraphBuilder::Places& relations,
         const GraphBuilder::Tasks& after) {
  if (relations.empty()) return;
  Task task = builder.new_task(kind, relations);
  for (const Place relation : relations) {
    task.locks.push_back({relation, LockMode::share_update_exclusive});
    task.seconds += seconds(builder, kind, relation);
  }
  wait_for(task, after);
  if (kind == TaskKind::statistics) task.after.push_back(*builder.statistics_read);
  builder.add(std::move(task));
}

}  // namespace

void add_reading_of_statistics(GraphBuilder& builder) {
  GraphBuilder::Places carried;
  double seconds = 0;
  for (Place place = 0; place < builder.source.relations.size(); ++place) {
    if (!builder.carries_statistics(place)) continue;
    carried.push_back(place);
    seconds += read_statistics_seconds(builder.source.relations[place].columns.size(), builder.options.rates);
  }
  if (carried.empty()) return;
  Task task = builder.new_task(TaskKind::read_statistics, std::move(carried));
  task.seconds += seconds;
  builder.statistics_read = builder.add(std::move(task));
}

void add_statistics(GraphBuilder& builder, const GraphBuilder::Places& relations,
                    const GraphBuilder::Tasks& after) {
  GraphBuilder::Places carried;
  GraphBuilder::Places analyzed;
  for (const Place relation : relations) {
    (builder.carries_statistics(relation) ? carried : analyzed).push_back(relation);
  }
  add(builder, TaskKind::statistics, carried, after);
  add(builder, TaskKind::analyze, analyzed, after);
}

}  // namespace pghaul::plan
