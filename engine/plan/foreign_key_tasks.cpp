#include "plan/foreign_key_tasks.h"

#include <algorithm>
#include <functional>
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

/// The two trees of a foreign key, and the cost of checking it.
struct Sides {
  Places from;
  Places to;
  double check_seconds;
};

Sides sides_of(const Draft& draft, const Constraint& foreign_key, Place referenced) {
  Sides sides{draft.links.tree(foreign_key.relation), draft.links.tree(referenced), 0};
  sides.check_seconds = foreign_key_seconds(volume_of_all(draft, sides.from), volume_of_all(draft, sides.to),
                                            draft.options.rates);
  return sides;
}

void lock_each_once(Task& task) {
  const auto key = [](const RelationLock& lock) { return std::pair(lock.relation, lock.mode); };
  std::ranges::sort(task.locks, std::greater(), key);  // the strongest of a relation first
  const auto same = std::ranges::unique(task.locks, {}, &RelationLock::relation);
  task.locks.erase(same.begin(), same.end());
}

/// Tells whether the key is validated later; both of its tables must be in the catalog.
bool is_validated_later(const Draft& draft, const Constraint& foreign_key) {
  const std::vector<catalog::Relation>& relations = draft.source.relations;
  return validated_later(foreign_key, relations[foreign_key.relation],
                         relations[draft.links.relation_at(foreign_key.references)]);
}

/// Adds keys, which are checked at once unless validated_later().
TaskId add_task(Draft& draft, const Places& foreign_keys) {
  Task task = draft.new_task(TaskKind::foreign_key, foreign_keys);
  for (const Place place : foreign_keys) {
    const Constraint& foreign_key = draft.source.constraints[place];
    const Place referenced = draft.links.relation_at(foreign_key.references);
    const Sides sides = sides_of(draft, foreign_key, referenced);
    if (!is_validated_later(draft, foreign_key)) task.seconds += sides.check_seconds;
    for (const Places* side : {&sides.from, &sides.to}) {
      for (const Place relation : *side) {
        task.locks.push_back({relation, LockMode::share_row_exclusive});
        wait_for(task, draft.reached_by(relation).copied);
      }
    }
    wait_for_keys(draft, foreign_key, referenced, task);
  }
  lock_each_once(task);
  return draft.add(std::move(task));
}

void add_validation(Draft& draft, const Places& foreign_keys, TaskId added) {
  Task task = draft.new_task(TaskKind::validate, {});
  task.after = {added};
  for (const Place place : foreign_keys) {
    const Constraint& foreign_key = draft.source.constraints[place];
    if (!is_validated_later(draft, foreign_key)) continue;
    const Sides sides = sides_of(draft, foreign_key, draft.links.relation_at(foreign_key.references));
    task.objects.push_back(place);
    task.seconds += sides.check_seconds;
    for (const Place relation : sides.from) {
      task.locks.push_back({relation, LockMode::share_update_exclusive});
    }
    for (const Place relation : sides.to) task.locks.push_back({relation, LockMode::access_share});
  }
  if (task.objects.empty()) return;
  lock_each_once(task);
  draft.add(std::move(task));
}

void add_tasks(Draft& draft, const Places& foreign_keys) {
  const TaskId added = add_task(draft, foreign_keys);
  add_validation(draft, foreign_keys, added);
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
      add_tasks(draft, {place});
    }
  }
  const std::size_t most = tiny_per_task(tiny.size(), draft.jobs);
  for (auto first = tiny.begin(); first != tiny.end();) {
    const auto end = first + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(most), tiny.end() - first);
    add_tasks(draft, Places(first, end));
    first = end;
  }
}

}  // namespace pghaul::plan
