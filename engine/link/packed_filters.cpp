#include "link/packed_filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pghaul::link {
namespace {

using Patterns = std::pair<const char*, std::vector<std::string> schema::Filters::*>;
const Patterns kPatterns[] = {
    {"schema", &schema::Filters::schemas},       {"not-schema", &schema::Filters::excluded_schemas},
    {"table", &schema::Filters::tables},         {"not-table", &schema::Filters::excluded_tables},
    {"extension", &schema::Filters::extensions}, {"not-extension", &schema::Filters::excluded_extensions}};

const std::pair<const char*, bool schema::Filters::*> kParts[] = {
    {"owner", &schema::Filters::with_owner},
    {"acl", &schema::Filters::with_acl},
    {"comments", &schema::Filters::with_comments},
    {"security-labels", &schema::Filters::with_security_labels},
    {"publications", &schema::Filters::with_publications},
    {"subscriptions", &schema::Filters::with_subscriptions},
    {"event-triggers", &schema::Filters::with_event_triggers},
    {"tablespaces", &schema::Filters::with_tablespaces}};

}  // namespace

void add_list(Fields& fields, const std::string& name, const std::vector<std::string>& list) {
  for (std::size_t i = 0; i < list.size(); ++i) fields[fmt::format("{} {:06}", name, i)] = list[i];
}

std::vector<std::string> list_in(const Fields& fields, const std::string& name) {
  std::vector<std::string> list;
  for (auto field = fields.lower_bound(name + " ");
       field != fields.end() && field->first.starts_with(name + " "); ++field) {
    list.push_back(field->second);
  }
  return list;
}

Fields pack_filters(const schema::Filters& filters) {
  Fields fields;
  for (const auto& [name, part] : kParts) fields[name] = filters.*part ? "1" : "0";
  for (const auto& [name, list] : kPatterns) add_list(fields, name, filters.*list);
  std::vector<std::string> unreadable_schemas;
  std::vector<std::string> unreadable_names;
  for (const catalog::Name& name : filters.unreadable) {
    unreadable_schemas.push_back(name.schema);
    unreadable_names.push_back(name.name);
  }
  add_list(fields, "unreadable-schema", unreadable_schemas);
  add_list(fields, "unreadable-name", unreadable_names);
  return fields;
}

schema::Filters unpack_filters(const Fields& fields) {
  schema::Filters filters;
  for (const auto& [name, part] : kParts) filters.*part = field_in(fields, name) == "1";
  for (const auto& [name, list] : kPatterns) filters.*list = list_in(fields, name);
  const std::vector<std::string> schemas = list_in(fields, "unreadable-schema");
  const std::vector<std::string> names = list_in(fields, "unreadable-name");
  for (std::size_t i = 0; i < std::min(schemas.size(), names.size()); ++i) {
    filters.unreadable.push_back({schemas[i], names[i]});
  }
  return filters;
}

}  // namespace pghaul::link
