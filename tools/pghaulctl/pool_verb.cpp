#include <fmt/format.h>

#include <filesystem>

#include "fleet.h"
#include "output.h"
#include "pooler.h"
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

}  // namespace

Outcome pool(const Request& request) {
  auto app = read_app(request.value("APP"));
  if (!app) return tl::make_unexpected(app.error());
  auto fleet = Fleet::survey(std::move(*app));
  if (!fleet) return tl::make_unexpected(fleet.error());
  const auto pooler = find_pooler(*fleet, request.value("POOLER"));
  if (!pooler) return tl::make_unexpected(pooler.error());
  if (auto checked = (*pooler)->check(); !checked) return checked;
  const bool attach = request.value("attach|detach") == "attach";
  say(fmt::format("{} pooler {} {}... ", attach ? "Attaching" : "Detaching", request.value("POOLER"),
                  fleet->app().name));
  const auto live = fleet->live();
  Outcome done;
  if (!attach) {
    done = (*pooler)->detach();
  } else if (live) {
    done = (*pooler)->attach((*live)->address);
  } else {
    done = tl::make_unexpected(live.error());
  }
  say(done ? "done\n" : "failed\n");
  return done;
}

}  // namespace pghaul::platform
