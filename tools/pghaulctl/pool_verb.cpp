#include <fmt/format.h>

#include <filesystem>

#include "fleet.h"
#include "output.h"
#include "pooler.h"
#include "promotion.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

/// Finds a pooler by its file, or by that file's name without its ending.
Result<Pooler*> find_pooler(Fleet& fleet, const std::string& wanted) {
  for (const auto& pointer : fleet.pointers()) {
    auto* pooler = dynamic_cast<Pooler*>(pointer.get());
    if (pooler == nullptr) continue;
    if (pooler->file() == wanted || std::filesystem::path(pooler->file()).stem() == wanted) return pooler;
  }
  return refused(
      fmt::format("{} has no pooler {}", fleet.app().name, wanted),
      "name it in the application's file first: names = [\"pgbouncer:/etc/pgbouncer/pghaul.ini#shop\"]");
}

/// Finds the login that a pooler's line is to have: the one that the other names have. Nothing: PgBouncer
/// logs in by what its clients log in by, which is in its list of logins, or is nobody's to choose.
Result<std::optional<Login>> login_for_pooler(Fleet& fleet) {
  std::optional<Login> found;
  for (const auto& pointer : fleet.pointers()) {
    if (pointer->lists_logins()) return std::optional<Login>();
    const auto login = pointer->read_login();
    if (!login) return tl::make_unexpected(login.error());
    if (found && *login && found->user != (*login)->user) return std::optional<Login>();
    if (*login && (!found || found->password.empty())) found = *login;
  }
  return found;
}

Outcome attach(Fleet& fleet, Pooler& pooler) {
  const auto live = fleet.live();
  if (!live) return tl::make_unexpected(live.error());
  if ((*live)->is_unasked())
    return failed(PGHAUL_EXIT_UNREACHABLE, fmt::format("{}: {}", (*live)->name, (*live)->reason));
  if (auto reachable = refuse_socket(pooler, **live); !reachable) return reachable;
  const auto login = login_for_pooler(fleet);
  if (!login) return tl::make_unexpected(login.error());
  return pooler.attach((*live)->address, *login);
}

}  // namespace

Outcome pool(const Request& request) {
  auto app = read_app(request.value("APP"));
  if (!app) return tl::make_unexpected(app.error());
  auto fleet = Fleet::survey(std::move(*app));
  if (!fleet) return tl::make_unexpected(fleet.error());
  const auto pooler = find_pooler(*fleet, request.value("POOLER"));
  if (!pooler) return tl::make_unexpected(pooler.error());
  if (auto checked = (*pooler)->check(); !checked) return checked;
  const bool attaches = request.value("attach|detach") == "attach";
  say(fmt::format("{} pooler {} {}... ", attaches ? "Attaching" : "Detaching", request.value("POOLER"),
                  fleet->app().name));
  const Outcome done = attaches ? attach(*fleet, **pooler) : (*pooler)->detach();
  say(done ? "done\n" : "failed\n");
  return done;
}

}  // namespace pghaul::platform
