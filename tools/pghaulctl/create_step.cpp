#include <fmt/format.h>

#include "changeover.h"
#include "cluster_tools.h"

namespace pghaul::platform {
namespace {

/// Makes the next cluster, with the settings and the access rules of the live one, and starts it.
class CreateStep : public Step {
 public:
  explicit CreateStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "create"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} runs, with the settings of {}", all_.to, all_.from);
  }
  [[nodiscard]] Result<bool> is_so() override {
    auto next = all_.target().connect("postgres");
    if (!next) return false;
    if (!all_.source().cluster || !all_.target().cluster) return true;  // its settings are somebody else's
    return missing(*next).map([](const Rows& settings) { return settings.empty(); });
  }

  [[nodiscard]] Outcome may() override {
    const Member& next = all_.target();
    if (next.cluster_text() != next.place_text())
      return refused(fmt::format("{} is {}, not {}", next.name, next.cluster_text(), next.place_text()),
                     "destroy it first, or go --by upgrade");
    if (next.cluster || next.connect("postgres")) return {};
    if (!all_.source().cluster || !is_cluster(next.place) || next.state != Member::State::missing)
      return refused(
          fmt::format("{} is down, and no cluster that could be made: {}", next.name, next.reason));
    if (auto installed = require_version(ClusterName::of(next.place).version, next.host); !installed)
      return installed;
    return check_listening(all_.source(), next);
  }

  [[nodiscard]] Result<std::string> take() override {
    const ClusterName next = ClusterName::of(all_.target().place);
    Outcome done;
    if (!all_.target().cluster) done = create_cluster(next, *all_.source().cluster, *all_.source().server);
    if (done) done = all_.survey();
    if (done && !all_.target().cluster->running) done = control_cluster(next, "start");
    if (done) done = carry_settings(next);
    if (done) done = all_.survey();
    if (!done) return tl::make_unexpected(done.error());
    return std::string();
  }

 private:
  /// Lists the settings that the next cluster lacks. Addresses are those of a machine.
  [[nodiscard]] Result<Rows> missing(Server& next) {
    auto settings = missing_settings(*all_.source().server, next);
    if (settings && all_.source().host != all_.target().host)
      std::erase_if(*settings, [](const auto& setting) { return setting[0] == "listen_addresses"; });
    return settings;
  }

  [[nodiscard]] Outcome carry_settings(const ClusterName& name) {
    auto next = all_.target().connect("postgres");
    if (!next) return tl::make_unexpected(next.error());
    const auto settings = missing(*next);
    if (!settings) return tl::make_unexpected(settings.error());
    if (settings->empty()) return {};
    auto written = write_settings(name, *settings);
    return written ? control_cluster(name, "restart") : written;
  }

  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> create_step(Changeover& changeover) {
  return std::make_unique<CreateStep>(changeover);
}

}  // namespace pghaul::platform
