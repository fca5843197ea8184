#pragma once

#include <cstddef>
#include <cstdint>

namespace pghaul::plan {

/// A point of a copy at which an application may be let in. Each includes those before it (docs/opening.md).
enum class Milestone : std::uint8_t {
  data,         // all rows, large objects and sequences are there
  keys,         // and primary keys, and what else keeps rows unique
  indexes,      // and all other indexes of tables, and the planner's statistics
  constraints,  // and foreign keys, triggers and the like, and materialized views are filled
  verified,     // and everything was read back and compared: the copy's end
};
inline constexpr std::size_t kMilestones = 5;
[[nodiscard]] const char* milestone_name(Milestone milestone) noexcept;

}  // namespace pghaul::plan
