#include "job/plan_copy.h"

#include "discovery/archive_discovery.h"
#include "discovery/archive_folder.h"
#include "discovery/discovery.h"
#include "job/fill_report.h"

namespace pghaul::job {

Status plan_copy(Telling telling) {
  return in_phase(telling, "discover", [&]() -> Status {
    const bool into_archive = discovery::archive_folder(telling.options.target).has_value();
    Result<discovery::Discovery> found = discovery::discover(telling.options, telling.ends, telling.stop);
    if (!found) return fail(found.error());
    if (into_archive) discovery::plan_archive(*found);
    report_databases(*found, telling.report);
    report_findings(*found, telling.report);
    report_plan(*found, telling.report);
    return {};
  });
}

}  // namespace pghaul::job
