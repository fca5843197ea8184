#pragma once

#include <stop_token>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "discovery/source_objects.h"
#include "measure/report.h"
#include "postgres/connection.h"

namespace pghaul::compare {

using Mismatches = std::vector<measure::Report::Mismatch>;

/// Compares everything but rows and values of sequences with what the target holds now. Objects in
/// `report.left_out` don't count; what could not be compared, or carried by any copy, is added there. A stop
/// ends its waits.
[[nodiscard]] Result<Mismatches> object_mismatches(discovery::Objects of_source,
                                                   const discovery::Discovery& found,
                                                   const discovery::Options& options, measure::Report& report,
                                                   const std::stop_token& stop);
/// `of_source`: with their values; empty: they are read now. What can't be read is added to `left_out`. A
/// stop ends its waits.
[[nodiscard]] Result<Mismatches> sequence_mismatches(std::vector<catalog::Sequence> of_source,
                                                     const discovery::Discovery& found, LeftOuts& left_out,
                                                     const std::stop_token& stop);

}  // namespace pghaul::compare
