#include "plan/foreign_key_tasks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "plan/batches.h"
#include "plan/cost.h"

namespace pghaul::plan {

using catalog::Constraint;
using catalog::Place;

namespace {

using Places = Draft::Places;

Volume volume_of_all(const Draft& draft, const Places& relations) {
  Volume sum;
  for (const Place relation : relations) sum += volume_of(draft.source.relations[relation]);
  return sum;
}

void wait_for_keys(const Draft& draft, const Constraint& foreign_key, Place referenced, Task& task) {
  const Place index = draft.links.index_at(foreign_key.index);
  if (index != catalog::kNone && draft.stands[index]) {
    draft.wait_for_index(task, index);
    return;
  }
  for (const Place key : draft.links.keys[referenced]) {
    draft.wait_for_index(task, draft.links.index_at(draft.source.constraints[key].index));
  }
}

void add_to(Task& task, const Draft& draft, Place place) {
  const Constraint& foreign_key = draft.source.constraints[place];
  const Place referenced = draft.links.relation_at(foreign_key.references);
  const Places from = draft.links.tree(foreign_key.relation);
  const Places to = draft.links.tree(referenced);
  task.objects.push_back(place);
  task.seconds +=
      foreign_key_seconds(volume_of_all(draft, from), volume_of_all(draft, to), draft.options.rates);
  for (const Places* side : {&from, &to}) {
    for (const Place relation : *side) {
      task.locks.push_back({relation, LockMode::share_row_exclusive});
      wait_for(task, draft.milestones_of(relation).copied);
    }
  }
  wait_for_keys(draft, foreign_key, referenced, task);
}

void add_task(Draft& draft, const Places& foreign_keys) {
  Task task = draft.new_task(TaskKind::foreign_key, {});
  for (const Place foreign_key : foreign_keys) add_to(task, draft, foreign_key);
  const auto before = [](const RelationLock& a, const RelationLock& b) { return a.relation < b.relation; };
  const auto same = [](const RelationLock& a, const RelationLock& b) { return a.relation == b.relation; };
  std::sort(task.locks.begin(), task.locks.end(), before);
  task.locks.erase(std::unique(task.locks.begin(), task.locks.end(), same), task.locks.end());
  draft.add(std::move(task));
}

bool is_tiny_on_both_sides(const Draft& draft, const Constraint& foreign_key) {
  for (const Place side : {foreign_key.relation, draft.links.relation_at(foreign_key.references)}) {
    const Places tree = draft.links.tree(side);
    if (!std::ranges::all_of(tree, [&](Place member) { return is_tiny(draft.source.relations[member]); })) {
      return false;
    }
  }
  return true;
}

}  // namespace

void add_foreign_key_tasks(Draft& draft) {
  Places tiny;
  for (Place place = 0; place < draft.source.constraints.size(); ++place) {
    const Constraint& constraint = draft.source.constraints[place];
    if (constraint.kind != 'f' || draft.links.relation_at(constraint.references) == catalog::kNone) continue;
    if (is_tiny_on_both_sides(draft, constraint)) {
      tiny.push_back(place);
    } else {
      add_task(draft, {place});
    }
  }
  const std::size_t most = tiny_per_task(tiny.size(), draft.jobs);
  for (auto first = tiny.begin(); first != tiny.end();) {
    const auto end = first + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(most), tiny.end() - first);
    add_task(draft, Places(first, end));
    first = end;
  }
}

}  // namespace pghaul::plan
