#include "support/catalog_builder.h"

#include <utility>

namespace pghaul::support {

using catalog::Oid;
using catalog::Place;

namespace {

constexpr Oid kBigint = 20;
constexpr Oid kText = 25;

catalog::Server server(const std::string& identifier) {
  catalog::Server server;
  server.version = 150004;
  server.version_text = "15.4";
  server.system_identifier = identifier;
  server.database = "shop";
  server.database_oid = 16400;
  server.encoding = "UTF8";
  server.locale = "c/C.UTF-8/C.UTF-8";
  server.collation_libraries = "i 153.120";
  server.role = "app";
  server.may_create = true;
  server.free_connections = 100;
  server.roles = {"app"};
  server.tablespaces = {"pg_default"};
  return server;
}

}  // namespace

CatalogBuilder::CatalogBuilder() {
  catalog.server = server("1");
  type({.oid = kBigint, .name = {"pg_catalog", "int8"}, .has_binary_io = true});
  type({.oid = kText, .name = {"pg_catalog", "text"}, .has_binary_io = true});
}

Place CatalogBuilder::table(const std::string& name, std::size_t bytes) {
  return add(name, 'r', bytes);
}

Place CatalogBuilder::partitioned(const std::string& name, Place parent) {
  const Place place = add(name, 'p', 0);
  if (parent != catalog::kNone) relation(place).parent = relation(parent).oid;
  relation(place).partition_key = {.strategy = 'r', .columns = {{.type = kBigint}}};
  return place;
}

Place CatalogBuilder::partition(const std::string& name, Place parent, std::size_t bytes) {
  const Place place = table(name, bytes);
  relation(place).parent = relation(parent).oid;
  return place;
}

Place CatalogBuilder::view(const std::string& name, const std::vector<Place>& reads, bool populated) {
  const Place place = add(name, 'm', populated ? 8192 : 0);
  relation(place).populated = populated;
  for (const Place read : reads) relation(place).depends_on.push_back(relation(read).oid);
  return place;
}

Place CatalogBuilder::index(Place on, Place part_of) {
  catalog::IndexInfo index;
  index.oid = next_oid_++;
  index.name = {"public", relation(on).name.name + "_idx" + std::to_string(catalog.indexes.size())};
  index.relation = on;
  index.access_method = "btree";
  index.bytes = relation(on).heap_bytes / 4;
  index.partitioned = relation(on).kind == 'p';
  if (part_of != catalog::kNone) index.parent = catalog.indexes[part_of].oid;
  catalog.indexes.push_back(std::move(index));
  return static_cast<Place>(catalog.indexes.size() - 1);
}

Place CatalogBuilder::key(Place on, char kind, Place index_part_of) {
  catalog::IndexInfo& served = catalog.indexes[index(on, index_part_of)];
  catalog::Constraint key;
  key.oid = next_oid_++;
  key.name = served.name.name;
  key.relation = on;
  key.kind = kind;
  key.index = served.oid;
  served.constraint = key.oid;
  served.unique = kind != 'x';
  catalog.constraints.push_back(std::move(key));
  return static_cast<Place>(catalog.constraints.size() - 1);
}

Place CatalogBuilder::foreign_key(Place from, Place key) {
  catalog::Constraint constraint;
  constraint.oid = next_oid_++;
  constraint.name = "fk" + std::to_string(catalog.constraints.size());
  constraint.relation = from;
  constraint.kind = 'f';
  constraint.index = catalog.constraints[key].index;
  constraint.references = relation(catalog.constraints[key].relation).oid;
  catalog.constraints.push_back(std::move(constraint));
  return static_cast<Place>(catalog.constraints.size() - 1);
}

Place CatalogBuilder::index_of(Place constraint) const {
  Place place = 0;
  while (catalog.indexes[place].oid != catalog.constraints[constraint].index) ++place;
  return place;
}

Place CatalogBuilder::table_of_type(catalog::Type of) {
  const Place place = table("t");
  relation(place).columns = {{.name = "c", .type = type(std::move(of))}};
  return place;
}

Oid CatalogBuilder::type(catalog::Type of) {
  if (of.oid == 0) of.oid = next_oid_++;
  catalog.types.push_back(std::move(of));
  return catalog.types.back().oid;
}

Place CatalogBuilder::add(const std::string& name, char kind, std::size_t bytes) {
  catalog::Relation relation;
  relation.oid = next_oid_++;
  relation.name = {"public", name};
  relation.kind = kind;
  relation.owner = "app";
  relation.heap_bytes = static_cast<std::int64_t>(bytes);
  relation.heap_pages = static_cast<std::uint32_t>(bytes / 8192);
  relation.estimated_rows = static_cast<double>(bytes) / 100;
  relation.columns = {{.name = "id", .type = kBigint}, {.name = "note", .type = kText}};
  catalog.relations.push_back(std::move(relation));
  return static_cast<Place>(catalog.relations.size() - 1);
}

catalog::Server empty_target() {
  return server("2");
}

}  // namespace pghaul::support
