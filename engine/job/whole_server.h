#pragma once

#include "base/error.h"
#include "discovery/option_table.h"
#include "discovery/verb_context.h"

namespace pghaul::job {

/// Runs copy, verify or plan for every database of the source's server, those that take longest first, over
/// one budget of workers; a copy makes the roles before. One that fails keeps none of the others from
/// running. `touched`: something on the target was changed. Errors  usage for options that are of one
/// database; otherwise that of the worst run, and which failed.
[[nodiscard]] Status run_for_all_databases(discovery::VerbContext context, discovery::Verb verb,
                                           bool& touched);

}  // namespace pghaul::job
