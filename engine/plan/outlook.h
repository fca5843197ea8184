#pragma once

#include <array>
#include <string>
#include <vector>

#include "plan/cost.h"
#include "plan/forecast.h"
#include "plan/make_plan.h"

namespace pghaul::plan {

/// Of a copy what the tasks' graph doesn't hold.
struct Surroundings {
  double discover = 0;  // seconds
  // What pg_restore makes, in tables: restore_seconds().
  double before_data = 0;
  double side_by_side = 0;  // also before the data
  int sessions = 1;         // at most, that make it
  double at_the_end = 0;
};

/// A whole copy foretold, from its start to its end.
struct Outlook {
  struct Phase {
    std::string name;
    double start = 0;
    double seconds = 0;  // from its first task's start to its last one's end
  };
  double seconds = 0;
  double downtime = 0;     // until the application is let in
  double tasks_start = 0;  // when the graph's first task starts
  std::vector<Phase> phases;
  std::array<double, kMilestones> milestones{};
  Forecast tasks;
};

/// `machines`: where the work is done.
[[nodiscard]] Outlook look_ahead(const Plan& plan, const Rates& rates, const Surroundings& surroundings,
                                 const Machines& machines);

}  // namespace pghaul::plan
