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

}  // namespace pghaul::plan
