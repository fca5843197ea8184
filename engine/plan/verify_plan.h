#pragma once

#include <set>

#include "catalog/model.h"
#include "plan/make_plan.h"

namespace pghaul::plan {

/// Makes a plan that copies nothing: it reads the `comparable` relations of both databases for their digests.
/// Large tables are read in several pieces where both servers can find pages without reading the others.
[[nodiscard]] Plan make_verify_plan(const catalog::Catalog& source, const catalog::Server& target,
                                    const PlanOptions& options, const std::set<catalog::Place>& comparable);

/// Makes the plan of a copy that is thrown away: everything is read from the source.
[[nodiscard]] Plan make_read_plan(const catalog::Catalog& source, const PlanOptions& options);

}  // namespace pghaul::plan
