#include "maintenance.h"

#include <fmt/format.h>

#include "output.h"
#include "poolers.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

Outcome turn_on(Member& live, Fleet& fleet, std::chrono::milliseconds within) {
  Server& server = *live.server;
  const App& app = fleet.app();
  const auto remarks = check_fence(live, app);
  if (!remarks) return tl::make_unexpected(remarks.error());
  for (const std::string& remark : *remarks) warn(remark);
  if (const auto held = hold_statements(fleet); !held) warn(held.error().message);
  if (auto raised = raise_fence(server, app); !raised) {
    if (const auto let_go = let_statements_go(fleet); !let_go) warn(let_go.error().message);
    return raised;
  }
  return prove_fence(server, app, within);
}

Outcome turn_off(Server& server, Fleet& fleet) {
  const Outcome lifted = lift_fence(server, fleet.app());
  const Outcome let_go = let_statements_go(fleet);
  return lifted ? let_go : lifted;
}

/// A pooler may hold statements that a run before, which was killed, or somebody else has made wait.
Outcome say_which(Server& server, Fleet& fleet) {
  const auto fenced = is_fenced(server, fleet.app().writers);
  if (!fenced) return tl::make_unexpected(fenced.error());
  const auto held = are_statements_held(fleet);
  if (!held) warn(held.error().message);
  if (!*fenced && held.value_or(false)) {
    warn(fmt::format("a pooler of {0} holds statements: pghaulctl maintenance off {0} lets them go on",
                     fleet.app().name));
  }
  say(*fenced ? "on\n" : "off\n");
  return {};
}

}  // namespace

Outcome maintenance(const Request& request) {
  const auto within = seconds_of(request, "--within", kWithin);
  if (!within) return tl::make_unexpected(within.error());
  const auto app = read_app(request.value("APP"));
  if (!app) return tl::make_unexpected(app.error());
  auto fleet = Fleet::survey(*app);
  if (!fleet) return tl::make_unexpected(fleet.error());
  const auto live = fleet->live();
  if (!live) return tl::make_unexpected(live.error());
  if (!(*live)->server) return failed(PGHAUL_EXIT_UNREACHABLE, (*live)->reason);
  Server& server = *(*live)->server;
  const std::string wanted = request.value("on|off");
  if (wanted.empty()) return say_which(server, *fleet);
  say(fmt::format("{} maintenance for {}... ", wanted == "on" ? "Enabling" : "Disabling", app->name));
  Outcome done = wanted == "on" ? turn_on(**live, *fleet, *within) : turn_off(server, *fleet);
  say(done ? "done\n" : "failed\n");
  return done;
}

}  // namespace pghaul::platform
