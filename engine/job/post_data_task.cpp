#include <algorithm>
#include <set>

#include "job/restore_failures.h"
#include "job/tasks.h"

namespace pghaul::job {

Status restore_post_data(Worker&, Run& run, const plan::Task&) {
  if (run.after_data.empty()) return {};
  std::set<int> wanted;
  for (const schema::Entry& entry : run.after_data) wanted.insert(entry.dump_id);
  const Result<std::vector<schema::Failure>> failures = run.archive->restore(
      run.target, [&](const schema::Entry& entry) { return wanted.contains(entry.dump_id); }, run.stop);
  if (!failures) return fail(failures.error());
  return as_status(*failures);
}

}  // namespace pghaul::job
