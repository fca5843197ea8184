#include "plan/foreign_key_tasks.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "plan/cost.h"
#include "plan/relation_groups.h"

namespace pghaul::plan {

using catalog::Constraint;
using catalog::Place;

namespace {

using Places = GraphBuilder::Places;

Volume volume_of_all(const GraphBuilder& builder, const Places& relations) {
  Volume sum;
  for (const Place relation : relations) sum += volume_of(builder.source.relations[relation]);
  return sum;
}

void wait_for_keys(const GraphBuilder& builder, const Constraint& foreign_key, Place referenced, Task& task) {
  const Place index = builder.links.index_at(foreign_key.index);
  if (index != catalog::kNone && builder.last_task_of_index[index]) {
    builder.wait_for_index(task, index);
    return;
  }
  for (const Place key : builder.links.keys[referenced]) {
    builder.wait_for_index(task, builder.links.index_at(builder.source.constraints[key].index));
  }
}

/// The two trees of a foreign key, and the cost of checking it.
struct Sides {
  Places from;
  Places to;
  double check_seconds;
};

Sides sides_of(const GraphBuilder& builder, const Constraint& foreign_key, Place referenced) {
  Sides sides{builder.links.tree(foreign_key.relation), builder.links.tree(referenced), 0};
  sides.check_seconds = foreign_key_seconds(volume_of_all(builder, sides.from),
                                            volume_of_all(builder, sides.to), builder.options.rates);
  return sides;
}

void lock_each_once(Task& task) {
  const auto key = [](const RelationLock& lock) { return std::pair(lock.relation, lock.mode); };
  std::ranges::sort(task.locks, std::greater(), key);  // the strongest of a relation first
  const auto same = std::ranges::unique(task.locks, {}, &RelationLock::relation);
  task.locks.erase(same.begin(), same.end());
}

/// Tells whether the key is validated later; both of its tables must be in the catalog.
bool is_validated_later(const GraphBuilder& builder, const Constraint& foreign_key) {
  const std::vector<catalog::Relation>& relations = builder.source.relations;
  return validated_later(foreign_key, relations[foreign_key.relation],
                         relations[builder.links.relation_at(foreign_key.references)]);
}

/// Adds keys, which are checked at once unless validated_later().
TaskId add_task(GraphBuilder& builder, const Places& foreign_keys) {
  Task task = builder.new_task(TaskKind::foreign_key, foreign_keys);
  for (const Place place : foreign_keys) {
    const Constraint& foreign_key = builder.source.constraints[place];
    const Place referenced = builder.links.relation_at(foreign_key.references);
    const Sides sides = sides_of(builder, foreign_key, referenced);
    if (!is_validated_later(builder, foreign_key)) task.seconds += sides.check_seconds;
    for (const Places* side : {&sides.from, &sides.to}) {
      for (const Place relation : *side) {
        task.locks.push_back({relation, LockMode::share_row_exclusive});
        wait_for(task, builder.reached_by(relation).copied);
      }
    }
    wait_for_keys(builder, foreign_key, referenced, task);
  }
  lock_each_once(task);
  return builder.add(std::move(task));
}

void add_validation(GraphBuilder& builder, const Places& foreign_keys, TaskId added) {
  Task task = builder.new_task(TaskKind::validate, {});
  task.after = {added};
  for (const Place place : foreign_keys) {
    const Constraint& foreign_key = builder.source.constraints[place];
    if (!is_validated_later(builder, foreign_key)) continue;
    const Sides sides = sides_of(builder, foreign_key, builder.links.relation_at(foreign_key.references));
    task.objects.push_back(place);
    task.seconds += sides.check_seconds;
    for (const Place relation : sides.from) {
      task.locks.push_back({relation, LockMode::share_update_exclusive});
    }
    for (const Place relation : sides.to) task.locks.push_back({relation, LockMode::access_share});
  }
  if (task.objects.empty()) return;
  lock_each_once(task);
  builder.add(std::move(task));
}

void add_tasks(GraphBuilder& builder, const Places& foreign_keys) {
  const TaskId added = add_task(builder, foreign_keys);
  add_validation(builder, foreign_keys, added);
}

bool is_tiny_on_both_sides(const GraphBuilder& builder, const Constraint& foreign_key) {
  for (const Place side : {foreign_key.relation, builder.links.relation_at(foreign_key.references)}) {
    const Places tree = builder.links.tree(side);
    if (!std::ranges::all_of(tree, [&](Place member) { return is_tiny(builder.source.relations[member]); })) {
      return false;
    }
  }
  return true;
}

}  // namespace

void add_foreign_key_tasks(GraphBuilder& builder) {
  Places tiny;
  for (Place place = 0; place < builder.source.constraints.size(); ++place) {
    const Constraint& constraint = builder.source.constraints[place];
    if (constraint.kind != 'f' || builder.links.relation_at(constraint.references) == catalog::kNone)
      continue;
    if (is_tiny_on_both_sides(builder, constraint)) {
      tiny.push_back(place);
    } else {
      add_tasks(builder, {place});
    }
  }
  const std::size_t most = tiny_per_task(tiny.size(), builder.jobs);
  for (auto first = tiny.begin(); first != tiny.end();) {
    const auto end = first + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(most), tiny.end() - first);
    add_tasks(builder, Places(first, end));
    first = end;
  }
}

}  // namespace pghaul::plan
