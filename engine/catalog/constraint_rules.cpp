#include "catalog/model.h"

namespace pghaul::catalog {

bool built_from_index(const Constraint& key, const Relation& relation) {
  return (key.kind == 'p' || key.kind == 'u') && !key.without_overlaps && relation.kind == 'r';
}

}  // namespace pghaul::catalog
