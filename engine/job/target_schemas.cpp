#include "job/target_schemas.h"

#include <algorithm>
#include <set>
#include <string>

#include "discovery/prepared.h"
#include "postgres/quote.h"

namespace pghaul::job {

Status drop_public_schema(postgres::Connection& target, const discovery::Discovery& found,
                          const discovery::VerbContext& context) {
  if (found.source.has_public_schema || !context.options.filters.all()) return {};
  const Status dropped = target.execute("DROP SCHEMA IF EXISTS public");
  if (dropped || dropped.error().code != ErrorCode::server_error) return dropped;
  context.report.left_out.push_back(
      {"schema public",
       "the source has none, and the target's can't be dropped: " + dropped.error().message});
  return {};
}

Status leave_schemas_of_others(postgres::Connection& target, discovery::Discovery& found) {
  const Result<postgres::Rows> theirs = target.query(
      "SELECT nspname FROM pg_catalog.pg_namespace WHERE NOT pg_catalog.pg_has_role(nspowner, 'USAGE')");
  if (!theirs) return theirs.error().during("looking for the target's schemas");
  std::set<std::string> names;
  for (int row = 0; row < theirs->size(); ++row) names.insert(theirs->string(row, 0));
  const auto is_theirs = [&](const schema::Entry& entry) {
    return std::ranges::any_of(names, [&](const auto& name) { return discovery::is_of_schema(entry, name); });
  };
  std::erase_if(found.sections.schemas_first, is_theirs);
  std::erase_if(found.sections.before_data, is_theirs);
  std::erase_if(found.sections.after_data, is_theirs);
  return {};
}

Status prepare_schemas(postgres::Connection& target, discovery::Discovery& found,
                       const schema::Filters& filters) {
  const Result<postgres::Rows> there = target.query("SELECT nspname FROM pg_catalog.pg_namespace");
  if (!there) return there.error().during("looking for the target's schemas");
  std::set<std::string> present;
  for (int row = 0; row < there->size(); ++row) present.insert(there->string(row, 0));
  for (const std::string& needed : discovery::schemas_to_find(found)) {
    if (present.contains(needed)) continue;
    const Status made = target.execute("CREATE SCHEMA IF NOT EXISTS " + postgres::quote(needed));
    if (!made) return made.error().during("making schema " + shown(catalog::Name{{}, needed}));
  }
  if (filters.schemas.empty()) present.erase("public");
  const auto is_present = [&](const schema::Entry& entry) {
    return entry.kind == "SCHEMA" && present.contains(name_without_schema(entry));
  };
  std::erase_if(found.sections.schemas_first, is_present);
  std::erase_if(found.sections.before_data, is_present);
  return {};
}

}  // namespace pghaul::job
