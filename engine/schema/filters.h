#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"

namespace pghaul::schema {

/// A selection of what to dump; patterns as pg_dump takes them.
struct Filters {
  std::vector<std::string> schemas, excluded_schemas, tables, excluded_tables;
  std::vector<catalog::Name> unreadable;  // tables, in addition to those that the user left out
  bool with_owner = true;
  bool with_acl = true;

  /// Tells whether nothing was selected.
  [[nodiscard]] bool all() const noexcept {
    return schemas.empty() && excluded_schemas.empty() && tables.empty() && excluded_tables.empty();
  }
  /// Tells whether what belongs to no schema comes along, as in pg_dump: only -n and -t leave it out.
  [[nodiscard]] bool with_database() const noexcept { return schemas.empty() && tables.empty(); }
};

}  // namespace pghaul::schema
