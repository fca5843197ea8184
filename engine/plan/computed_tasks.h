#pragma once

#include <vector>

#include "plan/format.h"
#include "plan/graph_builder.h"
#include "plan/moved_rows.h"

/// Generated columns and materialized views: the target computes them anew, so they are read on both sides
/// for their digests.
namespace pghaul::plan {

/// Decides which computed contents are read, and how. Empty where contents aren't compared. When the source
/// is an archive, views are left out, and relations for which it holds no digest; always left out are
/// partitions whose rows may lie in another one on the target.
[[nodiscard]] std::vector<TablePlan> plan_computed(const catalog::Catalog& source, FormatChooser& formats,
                                                   const MovedRows& moved, const PlanOptions& options);

/// Adds the tasks that read the computed contents of `relations`; those of the target wait for `computed`.
void add_reading_computed(GraphBuilder& builder, const GraphBuilder::Places& relations,
                          const GraphBuilder::Tasks& computed);

}  // namespace pghaul::plan
