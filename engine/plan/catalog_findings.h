#pragma once

#include <cstdint>
#include <vector>

#include "catalog/model.h"
#include "plan/finding.h"
#include "plan/make_plan.h"

namespace pghaul::plan {

/// Finds everything about the pair of databases that would make the copy fail or surprise, all at once;
/// not_carried() finds what no target could receive. `contents`: what the target holds; `replace`: its
/// removal has been confirmed; `rows`: how many are in it, estimated.
[[nodiscard]] std::vector<Finding> catalog_findings(const catalog::Catalog& source,
                                                    const catalog::Server& target,
                                                    const catalog::Contents& contents, bool replace,
                                                    const PlanOptions& options, double rows = 0);

/// Finds signs that source and target were swapped: a target with something in it that is much larger than
/// the source, or that others are at work in (`sessions` of them).
[[nodiscard]] std::vector<Finding> doubts_about_target(const catalog::Catalog& source,
                                                       const catalog::Server& target,
                                                       const catalog::Contents& contents,
                                                       std::int64_t sessions);

/// Tells whether text may be sorted, folded or matched otherwise on the target: then
/// catalog::Catalog::locale_dependents is to be filled in.
[[nodiscard]] bool locales_differ(const catalog::Server& source, const catalog::Server& target);

}  // namespace pghaul::plan
