#include "plan/partition_tasks.h"

#include <utility>
#include <vector>

#include "plan/cost.h"

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

/// ANALYZE of the tree's root: every partition, and at each level a sample of all below.
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

/// ANALYZE ONLY of one partitioned table: a sample of all below.
void analyze_parent(Draft& draft, Place parent) {
  Task task = draft.new_task(TaskKind::analyze, {parent});
  task.locks.push_back({parent, LockMode::share_update_exclusive});
  Volume below;
  for (const Place member : draft.links.tree(parent)) {
    below += volume_of(draft.source.relations[member]);
    wait_for(task, draft.reached_by(member).copied);
  }
  task.seconds += analyze_seconds(below, draft.source.relations[parent].columns.size(), draft.options.rates);
  draft.add(std::move(task));
}

}  // namespace

void add_partition_tasks(Draft& draft) {
  std::vector<bool> attached(draft.source.indexes.size(), false);
  for (Place index = 0; index < draft.source.indexes.size(); ++index) attach(draft, index, attached);
  for (Place place = 0; place < draft.source.relations.size(); ++place) {
    const catalog::Relation& relation = draft.source.relations[place];
    if (relation.kind != 'p') continue;
    if (!draft.analyzes_whole_trees()) {
      analyze_parent(draft, place);
    } else if (draft.links.relation_at(relation.parent) == catalog::kNone) {
      analyze_tree(draft, place);
    }
  }
}

}  // namespace pghaul::plan
