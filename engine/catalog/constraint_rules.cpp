#include <algorithm>

#include "catalog/model.h"

namespace pghaul::catalog {

bool built_from_index(const Constraint& key, const Relation& relation) {
  return (key.kind == 'p' || key.kind == 'u') && !key.without_overlaps && relation.kind == 'r';
}

/// Excludes two cases: a NOT VALID key from a partitioned table is possible from PostgreSQL 18 on only;
/// validating one to a partitioned table leaves the catalog's rows for its partitions unvalidated before 18.
bool validated_later(const Constraint& foreign_key, const Relation& from, const Relation& referenced) {
  return foreign_key.validated && from.kind != 'p' && referenced.kind != 'p';
}

bool validated_later(const Constraint& foreign_key, const Catalog& catalog) {
  const auto referenced = std::ranges::find(catalog.relations, foreign_key.references, &Relation::oid);
  return referenced != catalog.relations.end() &&
         validated_later(foreign_key, catalog.relations[foreign_key.relation], *referenced);
}

}  // namespace pghaul::catalog
