#pragma once

#include "base/error.h"
#include "discovery/verb_context.h"
#include "job/rows_file.h"
#include "tasks/both_servers.h"
#include "tasks/work_plan.h"

namespace pghaul::job {

/// Names the large objects that differ, by OID and offset, in the report and in `file`.
[[nodiscard]] Status name_large_objects(discovery::VerbContext& context, const tasks::WorkPlan& work,
                                        tasks::BothServers& servers, RowsFile& file);

}  // namespace pghaul::job
