#pragma once

#include <array>
#include <string>
#include <vector>

#include "plan/cost.h"
#include "plan/forecast.h"
#include "plan/make_plan.h"

namespace pghaul::plan {

/// The parts of a copy that the task graph doesn't hold.
struct OutsideTasks {
  double discover = 0;  // seconds

  // Objects that pg_restore makes, counted in tables: restore_seconds().
  double before_data = 0;
  double side_by_side = 0;  // made before the data too, by several sessions
  int sessions = 1;         // the largest number of such sessions
  double at_the_end = 0;
};

/// The forecast of a whole copy, from its start to its end.
struct CopyForecast {
  struct Phase {
    std::string name;
    double start = 0;
    double seconds = 0;  // from its first task's start to its last one's end
  };
  double seconds = 0;
  double downtime = 0;     // time until the application is let in
  double tasks_start = 0;  // when the graph's first task starts
  std::vector<Phase> phases;
  std::array<double, kMilestones> milestones{};
  Forecast tasks;
};

/// Predicts a whole copy. `machines`: where the work is done.
[[nodiscard]] CopyForecast look_ahead(const Plan& plan, const Rates& rates, const OutsideTasks& surroundings,
                                      const Machines& machines);

}  // namespace pghaul::plan
