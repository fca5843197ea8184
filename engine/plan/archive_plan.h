#pragma once

#include "catalog/model.h"
#include "plan/make_plan.h"

namespace pghaul::plan {

/// Makes a plan that writes an archive: rows of tables and large objects, and the sequences' values; what is
/// built from rows is left to the restore. Large tables go into several files, so that both ends can work on
/// them side by side. Where the bytes of a type are an extension's own they go as text: the target's version
/// isn't known.
[[nodiscard]] Plan make_archive_plan(const catalog::Catalog& source, const PlanOptions& options);

}  // namespace pghaul::plan
