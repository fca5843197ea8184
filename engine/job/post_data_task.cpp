#include "job/restore_failures.h"
#include "job/tasks.h"

namespace pghaul::job {

Status restore_post_data(Worker&, Run& run, const plan::Task&) {
  if (run.after_data.empty()) return {};
  const Result<std::vector<schema::Failure>> failures =
      run.archive->restore(run.target, run.after_data, run.stop);
  if (!failures) return fail(failures.error());
  return as_status(*failures);
}

}  // namespace pghaul::job
