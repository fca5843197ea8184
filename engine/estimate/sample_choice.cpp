#include "estimate/sample_choice.h"

#include <algorithm>
#include <functional>
#include <map>

#include "plan/relation_groups.h"

namespace pghaul::estimate {
namespace {

using catalog::Place;

constexpr std::size_t kMostSamples = 24;  // number of tables
constexpr std::size_t kTinyTables = 50;   // number tried together

/// Returns one table of each shape, those that stand for the most bytes first.
std::vector<Place> worth_sampling(const catalog::Catalog& source) {
  struct Shape {
    double bytes = 0;
    Place largest = catalog::kNone;
  };
  std::map<catalog::Oid, Shape> shapes;
  for (Place place = 0; place < source.relations.size(); ++place) {
    const catalog::Relation& relation = source.relations[place];
    if (!carries_rows(relation) || relation.heap_pages == 0) continue;
    Shape& shape = shapes[shape_of(relation)];
    shape.bytes += bytes_of(relation);
    if (shape.largest == catalog::kNone || bytes_of(relation) > bytes_of(source.relations[shape.largest])) {
      shape.largest = place;
    }
  }
  std::vector<Shape> ordered;
  for (const auto& [oid, shape] : shapes) ordered.push_back(shape);
  std::ranges::stable_sort(ordered, std::greater(), &Shape::bytes);
  std::vector<Place> places;
  for (const Shape& shape : ordered) {
    if (places.size() == kMostSamples) break;
    if (plan::is_tiny(source.relations[shape.largest])) continue;
    places.push_back(shape.largest);
  }
  return places;
}

/// Returns tiny tables that a copy takes together, from the middle of them all.
std::vector<Place> tiny_group(const plan::Plan& plan) {
  std::vector<const plan::Task*> groups;
  for (const plan::Task& task : plan.graph.tasks) {
    if (task.kind == plan::TaskKind::copy && task.objects.size() > 1) groups.push_back(&task);
  }
  if (groups.empty()) return {};
  std::vector<Place> tables = groups[groups.size() / 2]->objects;
  tables.resize(std::min(tables.size(), kTinyTables));
  return tables;
}

}  // namespace

catalog::Oid shape_of(const catalog::Relation& relation) {
  return relation.parent != 0 ? relation.parent : relation.oid;
}

double bytes_of(const catalog::Relation& relation) {
  return static_cast<double>(relation.heap_bytes + relation.toast_bytes + relation.index_bytes);
}

std::vector<std::vector<Place>> sample_choice(const catalog::Catalog& source, const plan::Plan& plan) {
  std::vector<std::vector<Place>> choice;
  if (std::vector<Place> tiny = tiny_group(plan); !tiny.empty()) choice.push_back(std::move(tiny));
  for (const Place place : worth_sampling(source)) choice.push_back({place});
  return choice;
}

}  // namespace pghaul::estimate
