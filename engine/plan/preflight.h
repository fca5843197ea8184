#pragma once

#include <vector>

#include "catalog/model.h"
#include "plan/finding.h"
#include "plan/make_plan.h"

namespace pghaul::plan {

/// Everything about the pair of databases that would make the copy fail or surprise, all at once: what can't
/// be carried to whatever target is told by not_carried(). `contents`: what the target holds;
/// `replace`: somebody has confirmed that it goes.
[[nodiscard]] std::vector<Finding> preflight(const catalog::Catalog& source, const catalog::Server& target,
                                             const catalog::Contents& contents, bool replace,
                                             const PlanOptions& options);

/// Whether text may be sorted, folded or matched otherwise on the target: then
/// catalog::Catalog::locale_dependents is to be filled in.
[[nodiscard]] bool locales_differ(const catalog::Server& source, const catalog::Server& target);

}  // namespace pghaul::plan
