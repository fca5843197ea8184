#pragma once

#include <map>

#include "tasks/run.h"
#include "verify/ledger.h"

namespace pghaul::job {

/// What the ledger says of tables, as far as it can be compared: of one whose rows were copied by way of a
/// parent, the sum of all tables of that tree, since each row may lie in another of them.
///
/// As the ledger is when this is made.
class TreeLines {
 public:
  explicit TreeLines(const tasks::Run& run);

  [[nodiscard]] verify::Ledger::Line of(const plan::TablePlan& table) const;

 private:
  const tasks::Run* run_;
  std::map<catalog::Place, verify::Ledger::Line> trees_;  // by the parent's place
};

}  // namespace pghaul::job
