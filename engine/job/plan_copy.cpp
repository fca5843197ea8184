#include "job/plan_copy.h"

#include "discovery/archive_discovery.h"
#include "discovery/archive_folder.h"
#include "discovery/discovery.h"
#include "job/fill_report.h"
#include "job/live_copy.h"
#include "job/live_source.h"
#include "job/preflight_refusal.h"

namespace pghaul::job {

Status plan_copy(VerbContext context) {
  return time_phase(context, "discover", [&]() -> Status {
    const bool into_archive = discovery::archive_folder(context.options.target).has_value();
    Result<discovery::Discovery> found = discovery::discover(context.options, context.ends, context.stop);
    if (!found) return fail(found.error());
    if (into_archive) discovery::plan_archive(*found);
    if (context.options.follow) {
      if (Status possible = check_follow(context.options); !possible) return possible;
      Result<std::vector<plan::Finding>> live = live_findings(*found, context.stop);
      if (!live) return fail(live.error());
      found->findings.insert(found->findings.end(), live->begin(), live->end());
    }
    report_databases(*found, context.report);
    report_findings(*found, context.report);
    report_plan(*found, context.report);
    return refusal_of(found->findings);
  });
}

}  // namespace pghaul::job
