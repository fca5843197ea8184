#pragma once

#include "catalog/model.h"
#include "plan/make_plan.h"

namespace pghaul::plan {

/// A plan that writes an archive: rows of tables and large objects, and the sequences' values; what is made
/// of rows is left to whoever restores it. Large tables go into several files, for both to work side by side.
/// Where the bytes of a type are an extension's own they go as text: what the target will have isn't known.
[[nodiscard]] Plan make_archive_plan(const catalog::Catalog& source, const PlanOptions& options);

}  // namespace pghaul::plan
