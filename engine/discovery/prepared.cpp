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

}  // namespace

void forget_prepared(Discovery& found) {
  std::vector<catalog::Contents::Object>& objects = found.contents.objects;
  const auto source_has = [&](const std::string& extension) {
    return std::ranges::find(found.source.server.extensions, extension, &catalog::Extension::name) !=
           found.source.server.extensions.end();
  };
  std::erase_if(objects, [&](const catalog::Contents::Object& one) {
    return one.kind == "extension" && (!one.may_drop || source_has(one.name.name));
  });
  std::set<std::string> in_use;
  for (const catalog::Contents::Object& one : objects) in_use.insert(one.name.schema);
  std::erase_if(objects, [&](const catalog::Contents::Object& one) {
    return one.kind == "schema" && !one.may_drop && !in_use.contains(one.name.name);
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
  return entry.text.starts_with("- SCHEMA " + schema + " ") ||
         entry.text.starts_with("- SCHEMA " + postgres::quote(schema) + " ");
}

std::vector<std::string> schemas_to_find(const Discovery& found) {
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
