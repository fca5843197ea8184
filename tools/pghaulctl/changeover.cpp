#include "changeover.h"

#include <fmt/format.h>

#include "pghaul/quantities.h"

namespace pghaul::platform {
namespace {

using MakeStep = std::unique_ptr<Step> (*)(Changeover&);

std::vector<std::unique_ptr<Step>> make_steps(Changeover& changeover,
                                              std::initializer_list<MakeStep> makers) {
  std::vector<std::unique_ptr<Step>> steps;
  for (const MakeStep make : makers) {
    const bool of_hooks = make == stop_step || make == start_step;
    if (!of_hooks || !hooks(changeover.app).empty()) steps.push_back(make(changeover));
  }
  return steps;
}

}  // namespace

Outcome Changeover::survey() {
  auto again = Fleet::survey(app);
  if (!again) return tl::make_unexpected(again.error());
  fleet = std::move(*again);
  return {};
}

std::chrono::steady_clock::time_point Changeover::begin_pause() {
  const auto now = std::chrono::steady_clock::now();
  if (within.count() > 0) deadline = now + within;
  return now;
}

Outcome Changeover::in_time() const {
  if (!deadline || std::chrono::steady_clock::now() <= *deadline) return {};
  const std::string longest = command::show_seconds(std::chrono::duration<double>(within).count());
  return failed(PGHAUL_EXIT_GIVEN_UP,
                fmt::format("given up: writes have been refused for {}, as long as --within allows", longest),
                "give it longer, or find out what took so long");
}

std::vector<std::unique_ptr<Step>> steps_by_copy(Changeover& changeover) {
  return make_steps(changeover, {create_step, roles_step, database_step, forecast_step, stop_step, fence_step,
                                 copy_step, names_step, open_step, start_step});
}

std::vector<std::unique_ptr<Step>> steps_by_live(Changeover& changeover) {
  if (changeover.copied_because.empty() && changeover.upgrades()) {
    return make_steps(changeover, {follow_step, prepare_step, convert_step, catch_up_step, stop_step,
                                   switch_step, start_step});
  }
  if (changeover.copied_because.empty())
    return make_steps(changeover,
                      {follow_step, convert_step, catch_up_step, stop_step, switch_step, start_step});
  return make_steps(changeover, {create_step, roles_step, database_step, live_copy_step, stop_step,
                                 switch_step, start_step});
}

std::vector<std::unique_ptr<Step>> steps_back(Changeover& changeover) {
  return make_steps(changeover, {catch_up_step, stop_step, switch_step, start_step});
}

std::vector<std::unique_ptr<Step>> steps_by_upgrade(Changeover& changeover) {
  return make_steps(changeover, {follow_step, prepare_step, stop_step, fence_step, upgrade_step, names_step,
                                 open_step, start_step});
}

}  // namespace pghaul::platform
