#include "catalog/oid_array.h"

namespace pghaul::catalog {

std::string oid_array(const std::vector<Relation>& relations, OfExtensions of_extensions) {
  std::vector<Oid> oids;
  oids.reserve(relations.size());
  for (const Relation& relation : relations) {
    const bool kept = relation.extension.empty() || of_extensions == OfExtensions::wanted;
    oids.push_back(kept ? relation.oid : 0);
  }
  return oid_array(oids);
}

std::string oid_array(const std::vector<Oid>& oids) {
  std::string text = "{";
  for (const Oid oid : oids) {
    if (text.size() > 1) text += ',';
    text += std::to_string(oid);
  }
  return text += '}';
}

}  // namespace pghaul::catalog
