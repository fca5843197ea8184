#include "info.h"
#include "output.h"
#include "verbs.h"

namespace pghaul::platform {
namespace {

Result<std::vector<App>> apps_of(const Request& request) {
  if (!request.has("APP")) return read_apps();
  return read_app(request.value("APP")).map([](App app) { return std::vector<App>{std::move(app)}; });
}

}  // namespace

Outcome info(const Request& request) {
  const auto apps = apps_of(request);
  if (!apps) return tl::make_unexpected(apps.error());
  nlohmann::json all = nlohmann::json::object();
  std::string text;
  for (const App& app : *apps) {
    auto fleet = Fleet::survey(app);
    if (!fleet) return tl::make_unexpected(fleet.error());
    const auto infos = read_info(*fleet);
    if (!infos) return tl::make_unexpected(infos.error());
    for (const Info& one : *infos) {
      all[app.name].push_back(info_json(one));
      text += (text.empty() ? "" : "\n") + info_text(one);
    }
  }
  say(request.has("--json") ? all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
                            : text);
  return {};
}

}  // namespace pghaul::platform
