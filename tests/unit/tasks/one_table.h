#pragma once

#include <gtest/gtest.h>

#include "crew/worker.h"
#include "support/catalog_builder.h"
#include "support/known_rows.h"
#include "tasks/results.h"

namespace pghaul::tasks {

/// The work of a run over one table, of which support::KnownRows come; its executor is the test's.
class OneTable : public testing::Test {
 protected:
  support::CatalogBuilder source;
  const catalog::Place table = source.table("orders");
  const plan::Plan plan{.tables = {{.relation = table}}};
  const WorkPlan work{source.catalog, plan, verify::Mode::checksums};
  Results results{work};
  measure::Progress progress;
  support::KnownRows rows;
  LedgerOnly log{work, results, progress};
  const crew::Worker::Endpoints ends{};
  crew::Worker worker{0, ends};
};

}  // namespace pghaul::tasks
