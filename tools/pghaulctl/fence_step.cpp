#include <fmt/format.h>

#include "changeover.h"
#include "maintenance.h"
#include "output.h"
#include "poolers.h"

namespace pghaul::platform {
namespace {

/// Keeps the application from writing, from here to the end; proved.
class FenceStep : public Step {
 public:
  explicit FenceStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "maintenance"; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("{} takes no writes, proved", all_.from);
  }

  /// Proved anew each time: a run before may have ended between fence and proof.
  [[nodiscard]] Result<bool> is_so() override {
    const auto fenced = are_all_fenced(*all_.source().server, all_.app.writers);
    if (!fenced || !*fenced) return fenced;
    all_.begin_pause();
    return prove_fence(*all_.source().server, all_.app, kWithin).map([] { return true; });
  }

  [[nodiscard]] Outcome may() override {
    const auto remarks = check_fence(all_.source(), all_.app);
    if (!remarks) return tl::make_unexpected(remarks.error());
    for (const std::string& remark : *remarks) warn(remark);
    return {};
  }

  [[nodiscard]] Result<std::string> take() override {
    all_.paused = all_.begin_pause();
    Outcome done = hold_statements(all_.fleet);
    if (done) done = raise_fence(*all_.source().server, all_.app);
    if (done) done = prove_fence(*all_.source().server, all_.app, kWithin);
    if (!done) return tl::make_unexpected(done.error());
    return std::string();
  }

  [[nodiscard]] Outcome undo() override {
    const Outcome lifted = lift_fence(*all_.source().server, all_.app);
    if (const Outcome let_go = let_statements_go(all_.fleet); !let_go) {
      warn(fmt::format("{}; once that is cured, pghaulctl maintenance off {} lets its statements go on",
                       let_go.error().message, all_.app.name));
    }
    return lifted;
  }

 private:
  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> fence_step(Changeover& changeover) {
  return std::make_unique<FenceStep>(changeover);
}

}  // namespace pghaul::platform
