#include "discovery/prepared.h"

#include <algorithm>
#include <set>

#include "postgres/quote.h"

namespace pghaul::discovery {
namespace {

std::set<std::string> copied(const Discovery& found, const std::string& kind) {
  std::set<std::string> names;
  for (const schema::Entry& entry : found.archive->entries()) {
    if (entry.kind == kind) names.insert(name_without_schema(entry));
  }
  return names;
}

/// Returns the schemas that the copy puts something into; schema public is every copy's.
std::set<std::string> schemas_filled(const Discovery& found) {
  std::set<std::string> schemas = copied(found, "SCHEMA");
  schemas.insert("public");
  for (const catalog::Relation& relation : found.source.relations) schemas.insert(relation.name.schema);
  return schemas;
}

/// Returns the names of all that is copied and belongs to no schema.
std::set<std::string> names_without_schema(const Discovery& found) {
  std::set<std::string> names;
  for (const schema::Entry& entry : found.archive->entries()) {
    if (entry.text.starts_with("- ")) names.insert(name_without_schema(entry));
  }
  return names;
}

}  // namespace

void forget_prepared(Discovery& found) {
  using Object = catalog::Contents::Object;
  std::vector<Object>& objects = found.contents.objects;
  const auto source_has = [&](const std::string& extension) {
    return std::ranges::find(found.source.server.extensions, extension, &catalog::Extension::name) !=
           found.source.server.extensions.end();
  };
  const std::set<std::string> ours = schemas_filled(found);
  const std::set<std::string> made = names_without_schema(found);
  std::erase_if(objects, [&](const Object& one) {
    if (one.kind == "extension") return !one.may_drop || source_has(one.name.name);
    if (one.may_drop || one.kind == "schema") return false;
    return one.name.schema.empty() ? !made.contains(one.name.name) : !ours.contains(one.name.schema);
  });
  std::set<std::string> in_use;
  for (const Object& one : objects) in_use.insert(one.name.schema);
  std::erase_if(objects, [&](const Object& one) {
    return one.kind == "schema" && !one.may_drop &&
           (!ours.contains(one.name.name) || !in_use.contains(one.name.name));
  });
}

std::vector<std::string> extensions_to_find(const Discovery& found) {
  const std::set<std::string> made = copied(found, "EXTENSION");
  std::vector<std::string> needed;
  for (const catalog::Extension& one : found.source.server.extensions) {
    if (!made.contains(one.name)) needed.push_back(one.name);
  }
  return needed;
}

bool is_of_schema(const schema::Entry& entry, const std::string& schema) {
  if (entry.kind == "SCHEMA") return name_without_schema(entry) == schema;
  if (!entry.text.starts_with("- SCHEMA ")) return false;
  return entry.text.starts_with("- SCHEMA " + schema + " ") ||
         entry.text.starts_with("- SCHEMA " + postgres::quote(schema) + " ");
}

std::vector<std::string> schemas_to_find(const Discovery& found) {
  if (found.archive->filters().tables.empty()) return {};
  std::set<std::string> needed;
  for (const catalog::Relation& relation : found.source.relations) {
    if (relation.extension.empty()) needed.insert(relation.name.schema);
  }
  for (const catalog::Sequence& sequence : found.source.sequences) needed.insert(sequence.name.schema);
  for (const std::string& made : copied(found, "SCHEMA")) needed.erase(made);
  needed.erase("public");
  return {needed.begin(), needed.end()};
}

}  // namespace pghaul::discovery
