#include "tasks/apply_journal.h"

#include <algorithm>

#include "tasks/post_to_ledger.h"

namespace pghaul::tasks {

Status check_fits(const WorkPlan& work, const journal::Journal::Done& done) {
  const std::vector<plan::Task>& tasks = work.tasks();
  const auto fits = [&](const auto& entry) {
    const auto& [id, lines] = entry;
    if (id >= tasks.size()) return false;
    return std::ranges::all_of(lines, [&](const journal::DoneEntry& line) {
      return line.object == catalog::kNone ||
             std::ranges::find(tasks[id].objects, line.object) != tasks[id].objects.end();
    });
  };
  if (std::ranges::all_of(done, fits)) return {};
  return fail(ErrorCode::refused, "the journal in the target has been altered",
              "start anew: pghaul copy --confirm");
}

void apply_journal(const WorkPlan& work, const journal::Journal::Done& done, Results& results,
                   measure::Progress& progress) {
  for (const auto& [id, lines] : done) {
    const plan::Task& task = work.tasks()[id];
    results.journalled[id] = true;
    post_to_ledger(work, task, lines, results, progress);
    if (task.kind != plan::TaskKind::copy && task.kind != plan::TaskKind::large_objects) continue;
    for (const journal::DoneEntry& line : lines) {
      progress.bytes.add(line.digest.bytes);
      progress.rows.add(line.digest.rows);
    }
  }
}

}  // namespace pghaul::tasks
