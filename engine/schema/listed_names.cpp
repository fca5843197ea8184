#include "schema/listed_names.h"

namespace pghaul::schema {
namespace {

bool begins_with_word(std::string_view text, std::string_view word) {
  return text.starts_with(word) && text.substr(word.size()).starts_with(' ');
}

}  // namespace

using catalog::Name;

ListedNames::ListedNames(const std::vector<Entry>& entries, const catalog::Catalog& source) {
  for (const std::string& owner : source.owners) owners_.insert(on_one_line(owner));
  if (source.has_public_schema) add_schema("public");
  for (const catalog::Relation& relation : source.relations) add(relation.oid, relation.name);
  for (const catalog::Sequence& sequence : source.sequences) add(sequence.oid, sequence.name);
  for (const Entry& entry : entries) {
    if (entry.kind != "SCHEMA" || !entry.text.starts_with("- ")) continue;
    for (const std::string_view name : without_owner(std::string_view(entry.text).substr(2))) {
      add_schema(std::string(name));
    }
  }
}

std::optional<Name> ListedNames::relation(const Entry& entry) const {
  if (const auto known = known_.find(entry.oid); known != known_.end()) return known->second;
  std::optional<Name> name;
  for (const auto& [shown, schema] : schemas_) {
    if (!begins_with_word(entry.text, shown)) continue;
    for (const std::string_view rest : without_owner(std::string_view(entry.text).substr(shown.size() + 1))) {
      if (name) return std::nullopt;
      name = {schema, std::string(rest)};
    }
  }
  return name;
}

std::vector<std::string_view> ListedNames::bare_names(const Entry& entry) const {
  return without_owner(std::string_view(entry.text).substr(2));
}

std::vector<std::string> ListedNames::schemas_of(const Entry& entry) const {
  std::vector<std::string> found;
  for (const auto& [shown, schema] : schemas_) {
    if (begins_with_word(entry.text, shown)) found.push_back(schema);
  }
  if (found.empty() && !entry.text.starts_with("- ")) {
    found.push_back(entry.text.substr(0, entry.text.find(' ')));
  }
  return found;
}

void ListedNames::add_schema(const std::string& name) {
  schemas_[on_one_line(name)] = name;
  all_schemas_.insert(name);
}

void ListedNames::add(catalog::Oid oid, const Name& name) {
  known_[oid] = name;
  add_schema(name.schema);
}

std::vector<std::string_view> ListedNames::without_owner(std::string_view text) const {
  std::vector<std::string_view> found;
  for (const std::string& owner : owners_) {
    if (text.size() <= owner.size() || !text.ends_with(owner)) continue;
    const std::string_view rest = text.substr(0, text.size() - owner.size());
    if (rest.ends_with(' ')) found.push_back(rest.substr(0, rest.size() - 1));
  }
  if (found.empty()) found.push_back(text.substr(0, text.rfind(' ')));
  return found;
}

std::string unquoted(std::string_view word) {
  if (word.size() < 2 || !word.starts_with('"') || !word.ends_with('"')) return std::string(word);
  std::string name;
  for (std::size_t i = 1; i + 1 < word.size(); ++i) {
    name += word[i];
    if (word[i] == '"' && word[i + 1] == '"') ++i;
  }
  return name;
}

std::string on_one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

}  // namespace pghaul::schema
