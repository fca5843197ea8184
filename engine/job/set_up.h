#pragma once

#include "discovery/discovery.h"
#include "job/verb.h"
#include "tasks/run.h"

namespace pghaul::job {

/// What a run of any verb needs: what there is to do, where it reads, and where it writes down what was done.
/// Ownership  all but `run` must outlive it.
void set_up(tasks::Run& run, const discovery::Discovery& found, const Telling& telling,
            verify::Ledger& ledger, tasks::Omissions& omissions, measure::Progress& progress);

}  // namespace pghaul::job
