#include "tasks/take_up.h"

#include "tasks/finish.h"

#include <algorithm>

namespace pghaul::tasks {

Status check_fits(const Run& run, const journal::Journal::Done& done) {
  const std::vector<plan::Task>& tasks = run.plan->graph.tasks;
  const auto fits = [&](const auto& entry) {
    const auto& [id, lines] = entry;
    if (id >= tasks.size()) return false;
    return std::ranges::all_of(lines, [&](const journal::TaskLine& line) {
      return line.object == catalog::kNone ||
             std::ranges::find(tasks[id].objects, line.object) != tasks[id].objects.end();
    });
  };
  if (std::ranges::all_of(done, fits)) return {};
  return fail(ErrorCode::refused, "the journal in the target has been changed by somebody",
              "start anew: pghaul copy --confirm");
}

void take_up(Run& run, const journal::Journal::Done& done) {
  run.journalled.assign(run.plan->graph.tasks.size(), false);
  for (const auto& [id, lines] : done) {
    const plan::Task& task = run.plan->graph.tasks[id];
    run.journalled[id] = true;
    enter(run, task, lines);
    if (task.kind != plan::TaskKind::copy && task.kind != plan::TaskKind::large_objects) continue;
    for (const journal::TaskLine& line : lines) {
      run.progress->bytes.add(line.digest.bytes);
      run.progress->rows.add(line.digest.rows);
    }
  }
}

}  // namespace pghaul::tasks
