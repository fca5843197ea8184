#pragma once

#include <unordered_map>
#include <vector>

#include "catalog/model.h"

namespace pghaul::plan {

/// An index of a catalog by place: which objects belong to which. Left out is what is not to be built:
/// indexes that are not valid on the source, as pg_dump does, and their constraints; keys that are made with
/// the tables.
struct Relatives {
  explicit Relatives(const catalog::Catalog& source);

  /// Returns kNone when the relation is not in the catalog.
  [[nodiscard]] catalog::Place relation_at(catalog::Oid oid) const;
  [[nodiscard]] catalog::Place index_at(catalog::Oid oid) const;
  /// Returns the relation and its partitions at all levels.
  [[nodiscard]] std::vector<catalog::Place> tree(catalog::Place relation) const;

  // By the relation's place, or for index_parts the index's.
  std::vector<std::vector<catalog::Place>> indexes;      // those that CREATE INDEX builds
  std::vector<std::vector<catalog::Place>> keys;         // constraints other than foreign keys
  std::vector<std::vector<catalog::Place>> partitions;   // one level
  std::vector<std::vector<catalog::Place>> index_parts;  // those attached to it, one level

 private:
  std::unordered_map<catalog::Oid, catalog::Place> relations_;
  std::unordered_map<catalog::Oid, catalog::Place> indexes_;
};

}  // namespace pghaul::plan
