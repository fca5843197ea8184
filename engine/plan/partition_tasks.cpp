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
void attach(Draft& draft, Place index, std::vector<bool>& attached) {
  const std::vector<Place>& parts = draft.links.index_parts[index];
  if (attached[index] || parts.empty()) return;
  attached[index] = true;
  const catalog::IndexInfo& info = draft.source.indexes[index];
  Task task = draft.new_task(TaskKind::attach_indexes, {index});
  task.locks.push_back({info.relation, LockMode::share_update_exclusive});
  if (info.guards()) task.milestone = Milestone::keys;
  draft.wait_for_index(task, index);
  for (const Place part : parts) {
    attach(draft, part, attached);
    task.locks.push_back({draft.source.indexes[part].relation, LockMode::access_exclusive});
    task.seconds += draft.options.rates.statement;
    draft.wait_for_index(task, part);
  }
  draft.stands[index] = draft.add(std::move(task));
}

/// Adds ANALYZE of the tree's root: it does every partition, and at each level a sample of all below.
void analyze_tree(Draft& draft, Place root) {
  Task task = draft.new_task(TaskKind::analyze, {root});
  for (const Place member : draft.links.tree(root)) {
    const catalog::Relation& relation = draft.source.relations[member];
    task.locks.push_back({member, LockMode::share_update_exclusive});
    task.seconds += analyze_seconds(volume_of(relation), relation.columns.size(), draft.options.rates) *
                    Factors::of(draft.options.factors.analyze, member);
    wait_for(task, draft.reached_by(member).copied);
    wait_for(task, draft.reached_by(member).built);
  }
  draft.add(std::move(task));
}

/// Tells whether its statistics, or those of a partition, are taken late, as they sample an index's
/// expressions.
bool has_late_part(const Draft& draft, Place parent) {
  return std::ranges::any_of(draft.links.tree(parent),
                             [&](Place member) { return draft.has_late_index(member); });
}

/// Adds statistics of one partitioned table alone, over all rows below it.
void add_statistics_of(Draft& draft, Place parent) {
  Draft::Tasks copied;
  for (const Place member : draft.links.tree(parent)) {
    const Draft::Tasks& rows = draft.reached_by(member).copied;
    copied.insert(copied.end(), rows.begin(), rows.end());
  }
  add_statistics(draft, {parent}, copied);
}

}  // namespace

void add_partition_tasks(Draft& draft, bool late) {
  std::vector<bool> attached(draft.source.indexes.size(), false);
  for (Place index = 0; index < draft.source.indexes.size(); ++index) {
    // An index has the same expressions as those that are attached to it.
    if (draft.is_late_index(index) == late) attach(draft, index, attached);
  }
  for (Place place = 0; place < draft.source.relations.size(); ++place) {
    const catalog::Relation& relation = draft.source.relations[place];
    if (relation.kind != 'p' || has_late_part(draft, place) != late) continue;
    if (!draft.analyzes_whole_trees()) {
      add_statistics_of(draft, place);
    } else if (draft.links.relation_at(relation.parent) == catalog::kNone) {
      analyze_tree(draft, place);
    }
  }
}

}  // namespace pghaul::plan
