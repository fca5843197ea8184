#include "job/differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace pghaul::job {

measure::Report::Verification differences(const Run& run) {
  measure::Report::Verification done{.mode = verify::mode_name(run.verify)};
  const std::string doubt =
      run.opening.before_this_run ? "; it may have been written to since the application was let in" : "";
  for (const plan::TablePlan& plan : run.plan->tables) {
    const verify::Ledger::Line line = run.ledger->line(plan.relation);
    const std::string differs = verify::difference(line.sent, line.came_back, run.mode(plan));
    if (!differs.empty())
      done.mismatches.push_back({shown(run.relation(plan.relation).name), differs + doubt});
    ++done.tables;
    done.rows += static_cast<std::int64_t>(line.came_back.rows);
  }
  const verify::Ledger::Line objects = run.ledger->large_objects();
  // Large objects have digests in either mode: their pieces are no rows that could be counted apart.
  const std::string differs = verify::difference(objects.sent, objects.came_back, verify::Mode::checksums);
  if (!differs.empty()) done.mismatches.push_back({"large objects", differs + doubt});
  return done;
}

void add(std::vector<measure::Report::Mismatch> more, measure::Report::Verification& verification) {
  std::ranges::move(more, std::back_inserter(verification.mismatches));
}

Status as_status(const std::vector<measure::Report::Mismatch>& mismatches) {
  if (mismatches.empty()) return {};
  std::string message =
      fmt::format("source and target differ: {}: {}", mismatches.front().object, mismatches.front().message);
  if (mismatches.size() > 1) message += fmt::format(" (and {} more differences)", mismatches.size() - 1);
  return fail(Error{ErrorCode::mismatch,
                    message,
                    {},
                    "the report names all; what was written or altered in either database meanwhile differs "
                    "too, and `pghaul "
                    "verify` compares again",
                    mismatches.front().object});
}

}  // namespace pghaul::job
