#include "job/plan_copy.h"

#include "job/discovery.h"
#include "job/report_of.h"

namespace pghaul::job {

Status plan_copy(Telling telling) {
  return in_phase(telling, "discover", [&]() -> Status {
    const Result<Discovery> found = discover(telling.options, telling.stop);
    if (!found) return fail(found.error());
    report_databases(*found, telling.report);
    report_findings(*found, telling.report);
    report_plan(*found, telling.report);
    return {};
  });
}

}  // namespace pghaul::job
