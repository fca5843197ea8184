// Patterns, and what pg_restore lists of an archive that they choose from: a line of -t, one of -n, then the
// listing.

#include <algorithm>
#include <set>
#include <string>

#include "fuzz/fuzz.h"
#include "schema/entry.h"
#include "schema/pattern_selection.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pghaul::ErrorCode;
  constexpr std::size_t kLongestPattern = 40;  // whoever writes one for long waits for it
  std::string_view rest = text_of(data, size);
  const std::string table(take(rest, '\n').substr(0, kLongestPattern));
  const std::string schema(take(rest, '\n').substr(0, kLongestPattern));
  pghaul::schema::Filters filters;
  if (!table.empty()) filters.tables.push_back(table);
  if (!schema.empty()) filters.excluded_schemas.push_back(schema);
  const std::vector<pghaul::schema::Entry> entries = pghaul::schema::parse_listing(rest, {});
  pghaul::catalog::Catalog catalog;
  catalog.owners = {"boss", "the boss"};
  catalog.relations.push_back({.oid = 110, .name = {"app", "orders"}});
  const pghaul::Result<std::set<int>> chosen = pghaul::schema::choose(entries, catalog, filters);
  if (!chosen) {
    require(chosen.error().code == ErrorCode::usage || chosen.error().code == ErrorCode::refused,
            "a clear end");
    return 0;
  }
  for (const int dump_id : *chosen) {
    require(std::ranges::find(entries, dump_id, &pghaul::schema::Entry::dump_id) != entries.end(),
            "what is chosen is there");
  }
  if (filters.all()) require(chosen->size() <= entries.size(), "no more than there is");
  return 0;
}
