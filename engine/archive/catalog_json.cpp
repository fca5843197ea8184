#include "archive/catalog_json.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "archive/describe_catalog.h"
#include "archive/json_fields.h"

namespace pghaul::archive {
namespace {

constexpr const char* kFile = "catalog.json";

tl::unexpected<Error> wrong(const std::string& what) {
  return fail(ErrorCode::system, fmt::format("{}: {}", kFile, what),
              "the archive is damaged, or was altered");
}

template <typename T>
Status check_oids(const std::vector<T>& objects, const char* what) {
  std::set<catalog::Oid> seen;
  for (const T& object : objects) {
    if (object.oid == 0 || !seen.insert(object.oid).second) {
      return wrong(fmt::format("two {} have the OID {}", what, object.oid));
    }
  }
  return {};
}

bool is_one_of(char kind, std::string_view kinds) {
  return kinds.find(kind) != std::string_view::npos;
}

/// Refuses a chain of parents that comes back to its beginning: it would never end.
Status check_parents(const std::vector<catalog::Relation>& relations) {
  std::map<catalog::Oid, catalog::Oid> parents;
  for (const catalog::Relation& relation : relations) parents[relation.oid] = relation.parent;
  for (const catalog::Relation& relation : relations) {
    std::size_t steps = 0;
    for (auto at = parents.find(relation.parent); at != parents.end(); at = parents.find(at->second)) {
      if (++steps > relations.size()) return wrong(shown(relation.name) + " is a partition of itself");
    }
  }
  return {};
}

Status check(const catalog::Catalog& catalog) {
  const std::size_t relations = catalog.relations.size();
  for (const catalog::Relation& relation : catalog.relations) {
    if (!is_one_of(relation.kind, "rpmf")) return wrong("a relation is of an unknown kind");
  }
  for (const catalog::IndexInfo& index : catalog.indexes) {
    if (index.relation >= relations) return wrong("index " + shown(index.name) + " belongs to no relation");
  }
  for (const catalog::Constraint& constraint : catalog.constraints) {
    if (constraint.relation >= relations)
      return wrong("constraint " + constraint.name + " belongs to no relation");
    if (!is_one_of(constraint.kind, "puxf"))
      return wrong("constraint " + constraint.name + " is of an unknown kind");
  }
  for (const Status& oids :
       {check_oids(catalog.relations, "relations"), check_oids(catalog.indexes, "indexes"),
        check_oids(catalog.constraints, "constraints"), check_parents(catalog.relations)}) {
    if (!oids) return oids;
  }
  return {};
}

}  // namespace

std::string catalog_as_json(const catalog::Catalog& catalog) {
  catalog::Catalog copy = catalog;
  return JsonWriter::json_of(copy).dump(1) + "\n";
}

Result<catalog::Catalog> catalog_of_json(const std::string& json) {
  const nlohmann::json parsed = nlohmann::json::parse(json, nullptr, false);
  if (parsed.is_discarded()) return wrong("this is not JSON");
  catalog::Catalog catalog;
  if (const Status read = JsonReader::read(parsed, catalog, "catalog"); !read)
    return wrong(read.error().message);
  if (const Status checked = check(catalog); !checked) return fail(checked.error());
  return catalog;
}

}  // namespace pghaul::archive
