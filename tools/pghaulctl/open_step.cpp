#include <fmt/format.h>

#include "changeover.h"
#include "maintenance.h"
#include "poolers.h"

namespace pghaul::platform {
namespace {

/// Lets the writers in at the next database, where their roles may have been carried without a login. The
/// former one stays closed: who still knows its address must not write there.
class OpenStep : public Step {
 public:
  explicit OpenStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "open"; }
  [[nodiscard]] std::string what() const override { return fmt::format("{} takes writes", all_.to); }
  [[nodiscard]] Result<bool> is_so() override {
    if (!all_.target().server) return false;
    const auto fenced = is_fenced(*all_.target().server, all_.app.writers);
    if (!fenced || *fenced) return fenced.map([](bool) { return false; });
    return are_statements_held(all_.fleet).map([](bool held) { return !held; });
  }
  [[nodiscard]] Result<std::string> take() override {
    Outcome done = lift_fence(*all_.target().server, all_.app);
    if (done) done = let_statements_go(all_.fleet);
    return done.map([] { return std::string(); });
  }

 private:
  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> open_step(Changeover& changeover) {
  return std::make_unique<OpenStep>(changeover);
}

}  // namespace pghaul::platform
