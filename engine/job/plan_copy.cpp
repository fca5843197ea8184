#include "job/plan_copy.h"

#include "job/archive_folder.h"
#include "job/discovery.h"
#include "job/report_of.h"
#include "plan/archive_plan.h"

namespace pghaul::job {

Status plan_copy(Telling telling) {
  return in_phase(telling, "discover", [&]() -> Status {
    Options options = telling.options;
    const bool into_archive = archive_folder(options.target).has_value();
    if (into_archive) options.target.clear();
    Result<Discovery> found = discover(options, telling.stop);
    if (!found) return fail(found.error());
    if (into_archive) found->plan = plan::make_archive_plan(found->source, found->plan_options);
    report_databases(*found, telling.report);
    report_findings(*found, telling.report);
    report_plan(*found, telling.report);
    return {};
  });
}

}  // namespace pghaul::job
