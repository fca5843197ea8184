#include "plan/milestone.h"

namespace pghaul::plan {

const char* milestone_name(Milestone milestone) noexcept {
  switch (milestone) {
    case Milestone::data:
      return "data";
    case Milestone::keys:
      return "keys";
    case Milestone::indexes:
      return "indexes";
    case Milestone::constraints:
      return "constraints";
    case Milestone::verified:
      return "verified";
  }
  return "unknown";
}

std::optional<Milestone> milestone_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kMilestones; ++i) {
    const auto milestone = static_cast<Milestone>(i);
    if (name == milestone_name(milestone)) return milestone;
  }
  return std::nullopt;
}

}  // namespace pghaul::plan
