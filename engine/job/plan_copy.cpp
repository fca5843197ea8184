#include "job/plan_copy.h"

#include <optional>

#include "discovery/archive_discovery.h"
#include "discovery/archive_folder.h"
#include "discovery/discovery.h"
#include "estimate/quick_probe.h"
#include "job/check_options.h"
#include "job/fill_report.h"
#include "job/refusal_of_findings.h"
#include "job/try_schema.h"
#include "job/watched_discovery.h"
#include "live/replication_setup.h"

namespace pghaul::job {
namespace {

Status plan_once(discovery::VerbContext& context) {
  const bool into_archive = discovery::archive_folder(context.options.target).has_value();
  Result<discovery::Discovery> found = discover_watched(context, "plan");
  if (!found) return fail(found.error());
  if (into_archive) discovery::plan_archive(*found);
  if (context.options.follow) {
    if (Status possible = check_follow(context.options); !possible) return possible;
    Result<std::vector<plan::Finding>> live = live::live_findings(*found, context.stop);
    if (!live) return fail(live.error());
    found->findings.insert(found->findings.end(), live->begin(), live->end());
  }
  if (context.options.try_schema) {
    if (Status tried = try_schema(context, *found); !tried) return tried;
  }
  report_databases(*found, context.report);
  report_findings(*found, context.report);
  report_plan(*found, context.report);
  if (!into_archive) {
    const std::optional<double> slowdown = estimate::probe_slowdown(*found, context.stop);
    report_forecast(*found, context.options, context.timeline.now(), slowdown, context.report);
  }
  return refusal_of(found->findings);
}

}  // namespace

Status plan_copy(discovery::VerbContext context) {
  return discovery::time_phase(context, "discover", [&] { return plan_once(context); });
}

}  // namespace pghaul::job
