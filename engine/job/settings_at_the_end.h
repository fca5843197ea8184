#pragma once

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/verb_context.h"

/// Settings of the target that are made once its objects and rows are there. What the server refuses to set
/// is no failure of the copy: it is named in the report as left out.
namespace pghaul::job {

/// Sets the database's settings and properties. A setting that would lock out everybody is left out.
[[nodiscard]] Status set_database_settings(const discovery::Discovery& found,
                                           const discovery::VerbContext& context);
/// Sets the firing modes of constraints' triggers, after their last check of rows.
[[nodiscard]] Status set_constraint_triggers(const discovery::Discovery& found,
                                             const discovery::VerbContext& context);

}  // namespace pghaul::job
