#include <fmt/format.h>

#include "changeover.h"
#include "promotion.h"

namespace pghaul::platform {
namespace {

/// Makes the application's names point at the next database.
class NamesStep : public Step {
 public:
  explicit NamesStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "names"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} points at {}", all_.app.name, all_.to);
  }
  [[nodiscard]] Result<bool> is_so() override { return points_at(all_.fleet, all_.target()); }
  [[nodiscard]] Outcome may() override { return check_names(all_.fleet); }
  [[nodiscard]] Result<std::string> take() override {
    if (auto timely = all_.in_time(); !timely) return tl::make_unexpected(timely.error());
    return move_names(all_.fleet, all_.source(), all_.target()).map([] { return std::string(); });
  }

 private:
  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> names_step(Changeover& changeover) {
  return std::make_unique<NamesStep>(changeover);
}

}  // namespace pghaul::platform
