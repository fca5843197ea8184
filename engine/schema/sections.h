#pragma once

#include <set>
#include <vector>

#include "catalog/model.h"
#include "schema/entry.h"

namespace pghaul::schema {

/// The division of a schema's entries by when they are restored. What pghaul builds itself (indexes, keys,
/// foreign keys and their attachment, rows, refreshes) belongs to no part.
struct Sections {
  /// Schemas with the grants on them that must stand before anything can be given to its owner:
  /// bring_grants_forward(); otherwise empty.
  std::vector<Entry> schemas_first;
  /// Entries that rows need: types, functions, tables …, and extended statistics, so that ANALYZE fills them.
  std::vector<Entry> before_data;
  /// Keys among those without which a table can't be made; pghaul makes all others after the rows.
  std::set<catalog::Oid> keys_before_data;
  /// Entries restored once rows and keys are there and have been read back, and before materialized views are
  /// refreshed and get their indexes: triggers, rules, policies, row security, checks that aren't valid;
  /// views and materialized views that need a primary key; for a role that is no superuser also privileges,
  /// which may restrict it.
  std::vector<Entry> after_data;
  /// Entries restored last: comments on what pghaul builds, and what would get in the way of its work, such
  /// as event triggers and publications.
  std::vector<Entry> at_the_end;
  /// Entries that must stand before the application is let in, taken from at_the_end: bring_forward();
  /// otherwise empty.
  std::vector<Entry> at_opening;
};

/// Divides the entries. `source`: its constraints are what pghaul builds; a foreign key that it lacks is left
/// out, since it refers to what isn't copied. `superuser`: the target's role is one; without it, comments on
/// extensions, which only their owner may set, are left out.
[[nodiscard]] Sections divide(const std::vector<Entry>& entries, const catalog::Catalog& source,
                              bool superuser);
/// Fills `schemas_first`, for a target's role that is no superuser: where others own something in a schema,
/// grants let them create there. pg_restore makes grants after everything else, so these are restored in a
/// run of their own. Grants of other schemas stay where they are, as they may restrict the role.
/// `owners`: the roles that own something on the source.
void bring_grants_forward(Sections& sections, const std::vector<Entry>& entries, std::set<std::string> owners,
                          const std::string& role);
/// Tells whether what is made after the rows changes what a query shows, or is called by one: views,
/// functions, row security.
[[nodiscard]] bool changes_queries(const Sections& sections);
/// Tells whether something in `after_data` can't be made before a key stands: a view that is grouped by a
/// primary key.
[[nodiscard]] bool needs_keys(const Sections& sections, const std::vector<Entry>& entries);
/// Fills `at_opening`, for an application that is let in before the end. Event triggers stay in at_the_end,
/// as they would fire on the remaining work. `with_keys`: keys stand by then; without them no row of a
/// published table could be updated or deleted.
void bring_forward(Sections& sections, bool with_keys);

}  // namespace pghaul::schema
