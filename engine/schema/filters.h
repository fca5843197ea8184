#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"

namespace pghaul::schema {

/// A selection of what to dump; patterns as pg_dump takes them.
struct Filters {
  std::vector<std::string> schemas, excluded_schemas, tables, excluded_tables;
  std::vector<std::string> extensions, excluded_extensions;
  std::vector<catalog::Name> unreadable;  // tables, in addition to those that the user left out
  bool with_owner = true;
  bool with_acl = true;
  bool with_comments = true;
  bool with_security_labels = true;
  bool with_publications = true;
  bool with_subscriptions = true;
  bool with_event_triggers = true;
  bool with_tablespaces = true;  // false: everything goes to the target database's own

  /// Tells whether no patterns were given.
  [[nodiscard]] bool all() const noexcept {
    return schemas.empty() && excluded_schemas.empty() && tables.empty() && excluded_tables.empty() &&
           extensions.empty() && excluded_extensions.empty();
  }
  /// Tells whether what belongs to no schema comes along, as in pg_dump: only -n and -t leave it out.
  [[nodiscard]] bool with_database() const noexcept { return schemas.empty() && tables.empty(); }
};

}  // namespace pghaul::schema
