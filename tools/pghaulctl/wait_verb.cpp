#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "fleet.h"
#include "lag.h"
#include "output.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

constexpr std::chrono::seconds kInterval{1};
constexpr int kWaitingIsOfNoUse = 1;

/// Says what is still to be waited for; empty: nothing.
Result<std::string> what_is_missing(const App& app, const std::string& name) {
  auto fleet = Fleet::survey(app);
  if (!fleet) return tl::make_unexpected(fleet.error());
  auto found = fleet->find(name);
  if (!found) return tl::make_unexpected(found.error());
  Member& member = **found;
  if (member.state == Member::State::starting) return std::string("starting up");
  if (!member.server)
    return failed(kWaitingIsOfNoUse, fmt::format("{} is not available: {}", name, member.reason));
  Member* leader = member.follower ? fleet->leader_of(member) : nullptr;
  if (leader == nullptr) return std::string();
  const auto lag = measure_lag(*leader->server, *member.server);
  if (!lag) return tl::make_unexpected(lag.error());
  return lag->commits <= kCaughtUp ? std::string() : fmt::format("{} commits behind", lag->commits);
}

}  // namespace

Outcome wait(const Request& request) {
  const std::string name = request.value("NAME");
  const auto app = app_of_database(name);
  if (!app) return tl::make_unexpected(app.error());
  for (;;) {
    const auto missing = what_is_missing(*app, name);
    if (!missing) return tl::make_unexpected(missing.error());
    if (missing->empty()) return {};
    say(fmt::format("Waiting for database {}... {}\n", name, *missing));
    std::this_thread::sleep_for(kInterval);
  }
}

}  // namespace pghaul::platform
