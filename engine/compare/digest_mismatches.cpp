#include "compare/digest_mismatches.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "compare/tree_tallies.h"
#include "tasks/unlogged.h"

namespace pghaul::compare {

measure::Report::Verification digest_mismatches(const tasks::WorkPlan& work, const tasks::Results& results) {
  measure::Report::Verification done{.mode = verify::mode_name(work.verify())};
  const std::string doubt =
      results.opening.before_this_run ? "; it may have been written to since the application was let in" : "";
  const TreeTallies lines(work.plan(), results.ledger);
  std::set<catalog::Place> compared;  // trees are compared once
  for (const plan::TablePlan& plan : work.plan().tables) {
    if (std::ranges::find(results.opening.emptied, plan.relation) != results.opening.emptied.end()) {
      done.mismatches.push_back({shown(work.relation(plan.relation).name), tasks::kEmptied});
      continue;
    }
    ++done.tables;
    done.rows += static_cast<std::int64_t>(results.ledger.tally(plan.relation).came_back.rows);
    const bool by_tree = plan.tree != catalog::kNone;
    if (by_tree && !compared.insert(plan.tree).second) continue;
    const verify::Ledger::Tally line = lines.of(plan);
    const std::string differs = verify::difference(line.sent, line.came_back, work.mode(plan));
    const catalog::Relation& named = work.relation(by_tree ? plan.tree : plan.relation);
    if (!differs.empty()) done.mismatches.push_back({shown(named.name), differs + doubt});
  }
  const verify::Ledger::Tally objects = results.ledger.large_objects();
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
  return fail(
      Error{ErrorCode::mismatch,
            message,
            {},
            mismatches.front().hint.empty()
                ? "the report names all; what was written or altered in either database meanwhile differs "
                  "too, and `pghaul verify` compares again"
                : mismatches.front().hint,
            mismatches.front().object});
}

}  // namespace pghaul::compare
