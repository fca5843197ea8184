#include "plan/relation_groups.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "base/units.h"

namespace pghaul::plan {

using catalog::Place;
using catalog::Relation;

namespace {

constexpr std::int64_t kTinyBytes = 256_KiB;
constexpr std::int64_t kGroupBytes = 8_MiB;
/// Tables and indexes that a task's transaction may lock: max_locks_per_transaction is 64 by default, shared
/// by max_connections = 100, and the workers are not alone.
constexpr std::size_t kGroupObjects = 200;

std::int64_t bytes_of(const Relation& relation) {
  return relation.heap_bytes + relation.toast_bytes;
}

/// Fills one group after another.
class Filler {
 public:
  Filler(std::size_t most, std::vector<RelationGroup>& groups) : most_(most), groups_(&groups) {}

  void add(Place relation, std::int64_t bytes, std::size_t objects) {
    const bool full = group_.relations.size() == most_ || bytes_ + bytes > kGroupBytes ||
                      objects_ + objects > kGroupObjects;
    if (full) flush();
    group_.relations.push_back(relation);
    bytes_ += bytes;
    objects_ += objects;
  }
  void flush() {
    if (!group_.relations.empty()) groups_->push_back(std::move(group_));
    group_ = {.relations = {}, .tiny = true};
    bytes_ = 0;
    objects_ = 0;
  }

 private:
  std::size_t most_;
  std::vector<RelationGroup>* groups_;
  RelationGroup group_ = {.relations = {}, .tiny = true};
  std::int64_t bytes_ = 0;
  std::size_t objects_ = 0;
};

/// Puts a table behind those that its foreign keys lead to, as far as they don't lead back to it.
void add_configuration(Place table, const catalog::Catalog& source, const Relatives& links,
                       std::vector<bool>& seen, std::vector<Place>& ordered) {
  const Relation& relation = source.relations[table];
  if (seen[table] || relation.extension.empty() || !carries_rows(relation)) return;
  seen[table] = true;
  for (const catalog::Oid oid : relation.depends_on) {
    const Place referenced = links.relation_at(oid);
    if (referenced != catalog::kNone) add_configuration(referenced, source, links, seen, ordered);
  }
  ordered.push_back(table);
}

/// Orders configuration tables. The extension has made their keys and triggers with them, so the order, which
/// is pg_dump's, counts.
std::vector<Place> configuration_tables(const catalog::Catalog& source, const Relatives& links) {
  std::vector<bool> seen(source.relations.size(), false);
  std::vector<Place> ordered;
  for (Place place = 0; place < source.relations.size(); ++place) {
    add_configuration(place, source, links, seen, ordered);
  }
  return ordered;
}

void add_tree(Place tree, const std::vector<Place>& tables, const catalog::Catalog& source,
              const Relatives& links, int jobs, std::vector<RelationGroup>& groups) {
  const auto tiny = static_cast<std::size_t>(
      std::ranges::count_if(tables, [&](Place place) { return is_tiny(source.relations[place]); }));
  std::vector<RelationGroup> of_tree;
  Filler together(tiny_per_task(tiny, jobs), of_tree);
  for (const Place place : tables) {
    const Relation& relation = source.relations[place];
    if (is_tiny(relation)) {
      together.add(place, bytes_of(relation), 1 + links.indexes[place].size());
    } else {
      of_tree.push_back({{place}, false});
    }
  }
  together.flush();
  for (RelationGroup& group : of_tree) {
    group.tree = tree;
    groups.push_back(std::move(group));
  }
}

}  // namespace

std::vector<RelationGroup> group_relations(const catalog::Catalog& source, const Relatives& links, int jobs,
                                           const std::vector<Place>& trees) {
  std::map<Place, std::vector<Place>> leaves;
  const auto tree_of = [&](Place place) { return trees.empty() ? catalog::kNone : trees[place]; };
  std::size_t tiny_tables = 0;
  std::size_t tiny_objects = 0;
  std::size_t partitioned = 0;
  for (Place place = 0; place < source.relations.size(); ++place) {
    const Relation& relation = source.relations[place];
    if (relation.kind == 'p') ++partitioned;
    if (!carries_rows(relation) || !is_tiny(relation)) continue;
    if (!relation.extension.empty() || tree_of(place) != catalog::kNone) continue;
    ++tiny_tables;
    tiny_objects += 1 + links.indexes[place].size();
  }
  std::vector<RelationGroup> groups;
  std::vector<RelationGroup> last;
  std::vector<Place> configuration = configuration_tables(source, links);
  if (!configuration.empty()) groups.push_back({std::move(configuration), true});
  // Groups are of even size, since a small last one would be copied last and hold up what comes after.
  const std::size_t fewest = tiny_objects / kGroupObjects + 1;
  const std::size_t at_most = (tiny_tables + fewest - 1) / fewest;
  const std::size_t most = std::min(tiny_per_task(tiny_tables, jobs), std::max<std::size_t>(at_most, 1));
  Filler tables(most, groups);
  Filler unlogged(most, groups);  // separate: a crash of the target undoes a task that has them
  Filler parents(tiny_per_task(partitioned, jobs), groups);
  for (Place place = 0; place < source.relations.size(); ++place) {
    const Relation& relation = source.relations[place];
    const std::size_t objects = 1 + links.indexes[place].size();
    if (carries_rows(relation) && !relation.extension.empty()) continue;
    if (carries_rows(relation) && tree_of(place) != catalog::kNone) {
      leaves[tree_of(place)].push_back(place);
    } else if (carries_rows(relation) && relation.reads_in_checks) {
      last.push_back({{place}, false});
    } else if (relation.kind == 'p') {
      parents.add(place, 0, objects);
    } else if (carries_rows(relation) && is_tiny(relation)) {
      (relation.persistence == 'u' ? unlogged : tables).add(place, bytes_of(relation), objects);
    } else if (relation.kind == 'r') {
      groups.push_back({{place}, false});
    }
  }
  tables.flush();
  unlogged.flush();
  parents.flush();
  for (const auto& [tree, tables_of_it] : leaves) {
    const bool reads = std::ranges::any_of(
        links.tree(tree), [&](Place member) { return source.relations[member].reads_in_checks; });
    add_tree(tree, tables_of_it, source, links, jobs, reads ? last : groups);
  }
  groups.insert(groups.end(), last.begin(), last.end());
  return groups;
}

std::size_t tiny_per_task(std::size_t count, int jobs) noexcept {
  const std::size_t tasks = 4 * static_cast<std::size_t>(jobs);
  return std::clamp<std::size_t>((count + tasks - 1) / tasks, 8, 100);
}

bool is_tiny(const Relation& relation) noexcept {
  return relation.kind == 'p' || bytes_of(relation) < kTinyBytes;
}

}  // namespace pghaul::plan
