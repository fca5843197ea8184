#include "changeover.h"

namespace pghaul::platform {

Outcome Changeover::survey() {
  auto again = Fleet::survey(app);
  if (!again) return tl::make_unexpected(again.error());
  fleet = std::move(*again);
  return {};
}

std::vector<std::unique_ptr<Step>> steps_by_copy(Changeover& changeover) {
  std::vector<std::unique_ptr<Step>> steps;
  for (auto* make :
       {create_step, roles_step, database_step, forecast_step, fence_step, copy_step, names_step, open_step})
    steps.push_back(make(changeover));
  return steps;
}

}  // namespace pghaul::platform
