#include "plan/partition_tasks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "plan/cost.h"
#include "plan/statistics_tasks.h"

namespace pghaul::plan {

using catalog::Place;

namespace {

/// Attaches everything below `index` first: it is valid, and fit to be attached itself, only then.
void attach(GraphBuilder& builder, Place index, std::vector<bool>& attached) {
  const std::vector<Place>& parts = builder.links.index_parts[index];
  if (attached[index] || parts.empty()) return;
  attached[index] = true;
  const catalog::IndexInfo& info = builder.source.indexes[index];
  Task task = builder.new_task(TaskKind::attach_indexes, {index});
  task.locks.push_back({info.relation, LockMode::share_update_exclusive});
  if (info.guards()) task.milestone = Milestone::keys;
  builder.wait_for_index(task, index);
  for (const Place part : parts) {
    attach(builder, part, attached);
    task.locks.push_back({builder.source.indexes[part].relation, LockMode::access_exclusive});
    task.seconds += builder.options.rates.statement;
    builder.wait_for_index(task, part);
  }
  builder.last_task_of_index[index] = builder.add(std::move(task));
}

/// Adds ANALYZE of the tree's root: it does every partition, and at each level a sample of all below.
void analyze_tree(GraphBuilder& builder, Place root) {
  Task task = builder.new_task(TaskKind::analyze, {root});
  for (const Place member : builder.links.tree(root)) {
    const catalog::Relation& relation = builder.source.relations[member];
    task.locks.push_back({member, LockMode::share_update_exclusive});
    task.seconds += analyze_seconds(volume_of(relation), relation.columns.size(), builder.options.rates) *
                    Factors::of(builder.options.factors.analyze, member);
    wait_for(task, builder.reached_by(member).copied);
    wait_for(task, builder.reached_by(member).built);
  }
  builder.add(std::move(task));
}

/// Tells whether its statistics, or those of a partition, are taken late, as they sample an index's
/// expressions.
bool has_late_part(const GraphBuilder& builder, Place parent) {
  return std::ranges::any_of(builder.links.tree(parent),
                             [&](Place member) { return builder.has_late_index(member); });
}

/// Adds statistics of one partitioned table alone, over all rows below it.
void add_statistics_of(GraphBuilder& builder, Place parent) {
  GraphBuilder::Tasks copied;
  for (const Place member : builder.links.tree(parent)) {
    const GraphBuilder::Tasks& rows = builder.reached_by(member).copied;
    copied.insert(copied.end(), rows.begin(), rows.end());
  }
  add_statistics(builder, {parent}, copied);
}

}  // namespace

void add_partition_tasks(GraphBuilder& builder, bool late) {
  std::vector<bool> attached(builder.source.indexes.size(), false);
  for (Place index = 0; index < builder.source.indexes.size(); ++index) {
    // An index has the same expressions as those that are attached to it.
    if (builder.is_late_index(index) == late) attach(builder, index, attached);
  }
  for (Place place = 0; place < builder.source.relations.size(); ++place) {
    const catalog::Relation& relation = builder.source.relations[place];
    if (relation.kind != 'p' || has_late_part(builder, place) != late) continue;
    if (!builder.analyzes_whole_trees()) {
      add_statistics_of(builder, place);
    } else if (builder.links.relation_at(relation.parent) == catalog::kNone) {
      analyze_tree(builder, place);
    }
  }
}

}  // namespace pghaul::plan
