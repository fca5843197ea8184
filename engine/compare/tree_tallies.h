#pragma once

#include <map>

#include "plan/make_plan.h"
#include "verify/ledger.h"

namespace pghaul::compare {

/// The ledger's lines of tables, as far as they can be compared: for one whose rows were copied by way of a
/// parent, the sum of all tables of that tree, since each row may lie in another of them.
///
/// A copy of the ledger at the moment when this is made.
class TreeTallies {
 public:
  TreeTallies(const plan::Plan& plan, const verify::Ledger& ledger);

  [[nodiscard]] verify::Ledger::Tally of(const plan::TablePlan& table) const;

 private:
  const verify::Ledger* ledger_;
  std::map<catalog::Place, verify::Ledger::Tally> trees_;  // by the parent's place
};

}  // namespace pghaul::compare
