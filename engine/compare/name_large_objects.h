#pragma once

#include "base/error.h"
#include "compare/rows_file.h"
#include "discovery/verb_context.h"
#include "tasks/both_servers.h"
#include "tasks/work_plan.h"

namespace pghaul::compare {

/// Names the large objects that differ, by OID and offset, in the report and in `file`.
[[nodiscard]] Status name_large_objects(discovery::VerbContext& context, const tasks::WorkPlan& work,
                                        tasks::BothServers& servers, RowsFile& file);

}  // namespace pghaul::compare
