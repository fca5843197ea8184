#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "plan/cost.h"
#include "plan/forecast.h"
#include "plan/make_plan.h"

namespace pghaul::plan {

/// When an application may be let in again, at the earliest. Each holds what those before it do.
enum class Milestone : std::uint8_t {
  data,         // all rows are there
  indexes,      // and all indexes
  constraints,  // and keys, foreign keys, triggers and the like, and materialized views are filled
  verified,     // and everything was read back and compared: the copy's end
};
inline constexpr std::size_t kMilestones = 4;
[[nodiscard]] const char* milestone_name(Milestone milestone) noexcept;
/// The first milestone that does not stand before a task of this kind has finished.
[[nodiscard]] Milestone milestone_of(TaskKind kind) noexcept;

/// Of a copy what the tasks' graph doesn't hold.
struct Surroundings {
  double discover = 0;          // seconds
  std::size_t before_data = 0;  // entries of the schema's archive that pg_restore makes then
  std::size_t at_the_end = 0;
};

/// A whole copy foretold, from its start to its end.
struct Outlook {
  struct Phase {
    std::string name;
    double start = 0;
    double seconds = 0;  // from its first task's start to its last one's end
  };
  double seconds = 0;
  double tasks_start = 0;  // when the graph's first task starts
  std::vector<Phase> phases;
  std::array<double, kMilestones> milestones{};
  Forecast tasks;
};

/// `machines`: where the work is done.
[[nodiscard]] Outlook look_ahead(const Plan& plan, const Rates& rates, const Surroundings& surroundings,
                                 const Machines& machines);

}  // namespace pghaul::plan
