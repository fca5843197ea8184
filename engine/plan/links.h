#pragma once

#include <unordered_map>
#include <vector>

#include "catalog/model.h"

namespace pghaul::plan {

/// Who belongs to whom in a catalog, by place. What is not to be built is left out: indexes that are not
/// valid on the source, as pg_dump does, and their constraints; keys that are made with the tables.
struct Links {
  explicit Links(const catalog::Catalog& source);

  /// kNone when the relation is not in the catalog.
  [[nodiscard]] catalog::Place relation_at(catalog::Oid oid) const;
  [[nodiscard]] catalog::Place index_at(catalog::Oid oid) const;
  /// The relation and, at all levels, its partitions.
  [[nodiscard]] std::vector<catalog::Place> tree(catalog::Place relation) const;

  std::vector<std::vector<catalog::Place>> indexes;  // of each relation, those that CREATE INDEX builds
  std::vector<std::vector<catalog::Place>> keys;     // of each relation: constraints other than foreign keys
  std::vector<std::vector<catalog::Place>> partitions;   // of each relation, one level
  std::vector<std::vector<catalog::Place>> index_parts;  // of each index, those attached to it, one level

 private:
  std::unordered_map<catalog::Oid, catalog::Place> relations_;
  std::unordered_map<catalog::Oid, catalog::Place> indexes_;
};

}  // namespace pghaul::plan
