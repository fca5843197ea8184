#include "plan/relatives.h"

namespace pghaul::plan {

using catalog::Catalog;
using catalog::Oid;
using catalog::Place;

namespace {

template <typename T>
std::unordered_map<Oid, Place> places_by_oid(const std::vector<T>& objects) {
  std::unordered_map<Oid, Place> places;
  places.reserve(objects.size());
  for (Place place = 0; place < objects.size(); ++place) places.emplace(objects[place].oid, place);
  return places;
}

Place place_of(Oid oid, const std::unordered_map<Oid, Place>& places) {
  const auto found = places.find(oid);
  return found == places.end() ? catalog::kNone : found->second;
}

}  // namespace

Relatives::Relatives(const Catalog& source)
    : indexes(source.relations.size()),
      keys(source.relations.size()),
      partitions(source.relations.size()),
      index_parts(source.indexes.size()),
      relations_(places_by_oid(source.relations)),
      indexes_(places_by_oid(source.indexes)) {
  for (Place place = 0; place < source.relations.size(); ++place) {
    const Place parent = relation_at(source.relations[place].parent);
    if (parent != catalog::kNone) partitions[parent].push_back(place);
  }
  const auto is_wanted = [](const catalog::IndexInfo& index) { return index.valid || index.partitioned; };
  std::vector<bool> key_builds(source.indexes.size(), false);
  for (Place place = 0; place < source.constraints.size(); ++place) {
    const catalog::Constraint& constraint = source.constraints[place];
    if (constraint.kind == 'f') continue;
    const Place index = index_at(constraint.index);
    if (index == catalog::kNone || !is_wanted(source.indexes[index])) continue;
    if (!constraint.before_rows) keys[constraint.relation].push_back(place);
    key_builds[index] =
        constraint.before_rows || !built_from_index(constraint, source.relations[constraint.relation]);
  }
  for (Place place = 0; place < source.indexes.size(); ++place) {
    const catalog::IndexInfo& index = source.indexes[place];
    if (!is_wanted(index)) continue;
    if (!key_builds[place]) indexes[index.relation].push_back(place);
    const Place parent = index_at(index.parent);
    if (parent != catalog::kNone) index_parts[parent].push_back(place);
  }
}

Place Relatives::relation_at(Oid oid) const {
  return place_of(oid, relations_);
}

Place Relatives::index_at(Oid oid) const {
  return place_of(oid, indexes_);
}

std::vector<Place> Relatives::tree(Place relation) const {
  std::vector<Place> members = {relation};
  for (std::size_t i = 0; i < members.size(); ++i) {  // grows while it is walked
    for (const Place below : partitions[members[i]]) members.push_back(below);
  }
  return members;
}

}  // namespace pghaul::plan
