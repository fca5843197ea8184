#include "discovery/narrow_catalog.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace pghaul::discovery {
namespace {

using catalog::Oid;
using catalog::Place;

constexpr Oid kPgClass = 1259;  // the catalog's own OID, fixed

std::set<Oid> relations_of(const std::vector<schema::Entry>& entries) {
  std::set<Oid> oids;
  for (const schema::Entry& entry : entries) {
    if (entry.catalog == kPgClass) oids.insert(entry.oid);
  }
  return oids;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

void keep_named(std::set<std::string>& names_of_objects, const std::string& sql) {
  std::erase_if(names_of_objects, [&](const std::string& name) { return !names(sql, name); });
}

/// Returns the types of the columns, and of their parts.
std::vector<catalog::Type> types_of(const std::vector<catalog::Relation>& relations,
                                    const std::vector<catalog::Type>& all) {
  std::map<Oid, const catalog::Type*> by_oid;
  for (const catalog::Type& type : all) by_oid[type.oid] = &type;
  std::vector<Oid> left;
  for (const catalog::Relation& relation : relations) {
    for (const catalog::Column& column : relation.columns) left.push_back(column.type);
  }
  std::set<Oid> needed;
  while (!left.empty()) {
    const auto type = by_oid.find(left.back());
    left.pop_back();
    if (type == by_oid.end() || !needed.insert(type->first).second) continue;
    left.push_back(type->second->part);
    left.insert(left.end(), type->second->attributes.begin(), type->second->attributes.end());
  }
  std::vector<catalog::Type> types;
  std::ranges::copy_if(all, std::back_inserter(types),
                       [&](const catalog::Type& type) { return needed.contains(type.oid); });
  return types;
}

}  // namespace

catalog::Catalog narrow_catalog(const catalog::Catalog& whole, const std::vector<schema::Entry>& all,
                                const std::vector<schema::Entry>& chosen, const std::string& sql) {
  const std::set<Oid> listed = relations_of(all);
  const std::set<Oid> wanted = relations_of(chosen);
  const bool with_extensions = std::ranges::find(chosen, "EXTENSION", &schema::Entry::kind) != chosen.end();
  // Objects that an extension made have no entry of their own.
  const auto belongs = [&](Oid oid) {
    return wanted.contains(oid) || (with_extensions && !listed.contains(oid));
  };
  catalog::Catalog part = whole;
  part.relations.clear();
  std::map<Place, Place> places;
  for (Place place = 0; place < whole.relations.size(); ++place) {
    if (!belongs(whole.relations[place].oid)) continue;
    places[place] = static_cast<Place>(part.relations.size());
    part.relations.push_back(whole.relations[place]);
  }
  const auto narrow = [&](auto& parts) {
    std::erase_if(parts, [&](const auto& one) { return !places.contains(one.relation); });
    for (auto& one : parts) one.relation = places.at(one.relation);
  };
  narrow(part.indexes);
  narrow(part.constraints);
  std::erase_if(part.sequences, [&](const catalog::Sequence& one) { return !belongs(one.oid); });
  std::set<catalog::Name> relations;
  for (const catalog::Relation& relation : part.relations) relations.insert(relation.name);
  std::erase_if(part.constraint_triggers, [&](const catalog::ConstraintTrigger& one) {
    return !relations.contains(one.relation) || !relations.contains(one.constrained);
  });
  part.types = types_of(part.relations, whole.types);
  keep_named(part.owners, sql);
  keep_named(part.grantees, sql);
  keep_named(part.tablespaces, sql);
  for (const catalog::IndexInfo& index : part.indexes) {
    if (!index.tablespace.empty()) part.tablespaces.insert(index.tablespace);
  }
  return part;
}

bool names(const std::string& sql, const std::string& name) {
  std::string quoted;  // as within quotes
  for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
  for (std::size_t at = sql.find(quoted); at != std::string::npos; at = sql.find(quoted, at + 1)) {
    const std::size_t end = at + quoted.size();
    const bool begins = at == 0 || !is_word(sql[at - 1]);
    const bool ends = end == sql.size() || !is_word(sql[end]);
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace pghaul::discovery
