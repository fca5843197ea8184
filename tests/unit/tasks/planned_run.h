#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "measure/progress.h"
#include "support/catalog_builder.h"
#include "tasks/results.h"
#include "tasks/work_plan.h"

namespace pghaul::tasks {

/// A run with nothing done: a test describes the source and the plan, and then calls begin().
class PlannedRun : public testing::Test {
 protected:
  void begin() {
    work.emplace(source.catalog, plan, verify::Mode::checksums);
    results.emplace(*work);
  }

  support::CatalogBuilder source;
  plan::Plan plan;
  std::optional<WorkPlan> work;
  std::optional<Results> results;
  measure::Progress progress;
};

}  // namespace pghaul::tasks
