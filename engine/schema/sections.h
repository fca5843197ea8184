#pragma once

#include <functional>
#include <vector>

#include "schema/schema_archive.h"

namespace pghaul::schema {

/// Which entries are restored when. What pghaul builds itself (indexes, keys, foreign keys and their
/// attachment, rows, refreshes) belongs to neither part.
struct Sections {
  std::vector<Entry> before_data;  // pg_dump's pre-data, and extended statistics, so that ANALYZE fills them
  std::vector<Entry> after_data;  // triggers, rules, policies, event triggers, publications, their comments …
};
/// `superuser`: of the role on the target. Without it, entries that only an extension's owner may restore
/// (COMMENT ON EXTENSION of those that stand already) are left out.
[[nodiscard]] Sections divide(const std::vector<Entry>& entries, bool superuser);

}  // namespace pghaul::schema
