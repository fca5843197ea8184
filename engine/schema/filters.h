#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"

namespace pghaul::schema {

/// What to dump; patterns as pg_dump takes them.
struct Filters {
  std::vector<std::string> schemas, excluded_schemas, tables, excluded_tables;
  std::vector<catalog::Name> unreadable;  // tables, beside those that somebody chose to leave out
  bool with_owner = true;
  bool with_acl = true;

  /// Whether nothing was chosen.
  [[nodiscard]] bool all() const noexcept {
    return schemas.empty() && excluded_schemas.empty() && tables.empty() && excluded_tables.empty();
  }
  /// Whether what belongs to no schema comes along, as pg_dump has it: only -n and -t leave it behind.
  [[nodiscard]] bool with_database() const noexcept { return schemas.empty() && tables.empty(); }
};

}  // namespace pghaul::schema
