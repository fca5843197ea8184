#include "compare/tree_tallies.h"

namespace pghaul::compare {

TreeTallies::TreeTallies(const plan::Plan& plan, const verify::Ledger& ledger) : ledger_(&ledger) {
  for (const plan::TablePlan& table : plan.tables) {
    if (table.tree == catalog::kNone) continue;
    const verify::Ledger::Tally line = ledger.tally(table.relation);
    verify::Ledger::Tally& sum = trees_[table.tree];
    sum.sent += line.sent;
    sum.came_back += line.came_back;
    sum.sent_parts += line.sent_parts;
    sum.came_back_parts += line.came_back_parts;
    sum.seconds += line.seconds;
  }
}

verify::Ledger::Tally TreeTallies::of(const plan::TablePlan& table) const {
  return table.tree == catalog::kNone ? ledger_->tally(table.relation) : trees_.at(table.tree);
}

}  // namespace pghaul::compare
