#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/model.h"

namespace pghaul::support {

/// Catalogs for tests: what is not said is plain. Names get the schema public, rows have 100 bytes.
struct CatalogBuilder {
  using Place = catalog::Place;
  using Oid = catalog::Oid;

  catalog::Catalog catalog;

  /// PostgreSQL 15 with a hundred free connections, and the types bigint and text.
  CatalogBuilder();

  Place table(const std::string& name, std::size_t bytes = 8192);
  Place partitioned(const std::string& name, Place parent = catalog::kNone);
  Place partition(const std::string& name, Place parent, std::size_t bytes = 8192);
  Place view(const std::string& name, const std::vector<Place>& reads, bool populated = true);

  /// `part_of`: the partitioned index that it is attached to.
  Place index(Place relation, Place part_of = catalog::kNone);
  /// A primary key (p), unique (u) or exclusion constraint (x), with its index.
  Place key(Place relation, char kind = 'p', Place index_part_of = catalog::kNone);
  Place foreign_key(Place relation, Place key);
  /// Returns the index of a key or a foreign key.
  [[nodiscard]] Place index_of(Place constraint) const;

  /// Adds a type and a table "t" whose column "c" has it.
  Place table_of_type(catalog::Type type);
  Oid type(catalog::Type type);

  catalog::Relation& relation(Place place) { return catalog.relations[place]; }

 private:
  Place add(const std::string& name, char kind, std::size_t bytes);
  Oid next_oid_ = 20000;
};

/// An empty database of the same kind of server.
[[nodiscard]] catalog::Server empty_target();

}  // namespace pghaul::support
