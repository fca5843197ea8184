#include "job/plan_copy.h"

#include "discovery/archive_discovery.h"
#include "discovery/archive_folder.h"
#include "discovery/discovery.h"
#include "job/fill_report.h"

namespace pghaul::job {

Status plan_copy(VerbContext context) {
  return time_phase(context, "discover", [&]() -> Status {
    const bool into_archive = discovery::archive_folder(context.options.target).has_value();
    Result<discovery::Discovery> found = discovery::discover(context.options, context.ends, context.stop);
    if (!found) return fail(found.error());
    if (into_archive) discovery::plan_archive(*found);
    report_databases(*found, context.report);
    report_findings(*found, context.report);
    report_plan(*found, context.report);
    return {};
  });
}

}  // namespace pghaul::job
