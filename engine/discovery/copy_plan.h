#pragma once

#include "discovery/discovery.h"
#include "discovery/options.h"
#include "journal/journal.h"
#include "plan/network_paths.h"

namespace pghaul::discovery {

/// Divides the schema among the phases of a copy, plans its tasks, and foretells how long it takes.
///
/// `lines`: that the plan is made for. `earlier`: of the job to go on with, whose plan is made again; or
/// nullptr.
void make_copy_plan(Discovery& found, const Options& options, const plan::NetworkPaths& lines,
                    const journal::Journal::Header* earlier);

}  // namespace pghaul::discovery
