#pragma once

#include <vector>

#include "base/error.h"
#include "catalog/objects.h"
#include "job/discovery.h"
#include "job/options.h"
#include "measure/report.h"
#include "postgres/connection.h"

namespace pghaul::job {

using Objects = std::vector<catalog::ObjectClass>;

/// What the source holds besides rows, as the connection's transaction sees it: that of the snapshot.
[[nodiscard]] Result<Objects> source_objects(postgres::Connection& source, const Discovery& found,
                                             const Options& options);

/// Compares all that is not rows with what the target holds now, and adds what differs to
/// `report.verification`. `sequences`: the source's with their values; empty: they are read now.
[[nodiscard]] Status compare_objects(Objects of_source, std::vector<catalog::Sequence> sequences,
                                     const Discovery& found, const Options& options, measure::Report& report);

}  // namespace pghaul::job
