#pragma once

#include <set>
#include <vector>

#include "catalog/model.h"
#include "schema/entry.h"

namespace pghaul::schema {

/// Which entries are restored when. What pghaul builds itself (indexes, keys, foreign keys and their
/// attachment, rows, refreshes) belongs to no part.
struct Sections {
  /// What rows need: types, functions, tables …, and extended statistics, so that ANALYZE fills them.
  std::vector<Entry> before_data;
  /// The keys among those, which a table can't be made without; pghaul makes all others after the rows.
  std::set<catalog::Oid> keys_before_data;
  /// Once rows and keys are there and have been read back, and before materialized views are refreshed and
  /// get their indexes: triggers, rules, policies, row security, checks that aren't valid; views and
  /// materialized views that need a primary key; to a role that is no superuser also privileges, which may be
  /// against it.
  std::vector<Entry> after_data;
  /// Once nothing else is left to do: comments on what pghaul builds, and what would get in the way of its
  /// work, such as event triggers and publications.
  std::vector<Entry> at_the_end;
  /// Of the latter, what an application that is let in earlier must find: bring_forward(); otherwise empty.
  std::vector<Entry> at_opening;
};

/// `source`: its constraints are what pghaul builds; a foreign key that it lacks is left out, since it refers
/// to what isn't copied. `superuser`: of the role on the target; without it, comments on extensions, which
/// only their owner may set, are left out.
[[nodiscard]] Sections divide(const std::vector<Entry>& entries, const catalog::Catalog& source,
                              bool superuser);
/// What is made after the rows changes what a query shows, or is called by one: views, functions, row
/// security.
[[nodiscard]] bool changes_queries(const Sections& sections);
/// Something of `after_data` can't be made before a key stands: a view that is grouped by a primary key.
[[nodiscard]] bool needs_keys(const Sections& sections, const std::vector<Entry>& entries);
/// For an application that is let in before the end. Event triggers stay there, as they would see what is
/// left to do. `with_keys`: they stand; without them nobody may update or delete in a table that is
/// published.
void bring_forward(Sections& sections, bool with_keys);

}  // namespace pghaul::schema
