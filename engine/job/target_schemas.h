#pragma once

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/verb_context.h"
#include "postgres/connection.h"
#include "schema/filters.h"

/// The target's schemas before anything is restored into them.
namespace pghaul::job {

/// Drops schema public where the source has none, as every database has it at first. A target's that can't be
/// dropped spoils no copy, but is named in the report.
[[nodiscard]] Status drop_public_schema(postgres::Connection& target, const discovery::Discovery& found,
                                        const discovery::VerbContext& context);
/// Leaves owners, grants and comments of schemas alone that others have made on the target: takes the entries
/// that would set them out of `found`.
[[nodiscard]] Status leave_schemas_of_others(postgres::Connection& target, discovery::Discovery& found);
/// Makes the schemas that -t needs, and takes out of `found` the entries of those that are there: schema
/// public, which pg_dump makes as any other where it was asked for by name, and those of extensions that were
/// made beforehand.
[[nodiscard]] Status prepare_schemas(postgres::Connection& target, discovery::Discovery& found,
                                     const schema::Filters& filters);

}  // namespace pghaul::job
