#include <fmt/format.h>

#include "changeover.h"
#include "hook.h"

namespace pghaul::platform {
namespace {

/// Calls the hooks of `also` at moments of theirs. They can't be asked what they have done, so that they are
/// called again when a changeover is run again.
class AlsoStep : public Step {
 public:
  AlsoStep(Changeover& changeover, const char* name, std::vector<const char*> moments)
      : all_(changeover), name_(name), moments_(std::move(moments)) {}

  [[nodiscard]] const char* name() const override { return name_; }
  [[nodiscard]] std::string what() const override {
    return fmt::format("hooks {}: {}", fmt::join(moments_, ", "), fmt::join(hooks(all_.app), " "));
  }
  [[nodiscard]] Result<bool> is_so() override { return hooks(all_.app).empty(); }
  [[nodiscard]] Outcome may() override {
    for (const std::string& file : hooks(all_.app)) {
      if (auto checked = check_hook(file); !checked) return checked;
    }
    return {};
  }
  [[nodiscard]] Result<std::string> take() override {
    taken_ = true;
    for (const char* moment : moments_) {
      if (auto called = call(moment, all_.target()); !called) return tl::make_unexpected(called.error());
    }
    return std::string();
  }
  [[nodiscard]] Outcome undo() override { return taken_ ? call("start", all_.source()) : Outcome(); }

 private:
  [[nodiscard]] Outcome call(const char* moment, const Member& next) {
    for (const std::string& file : hooks(all_.app)) {
      if (auto called = run_hook(file, moment, all_.source().address, next.address); !called) return called;
    }
    return {};
  }

  Changeover& all_;
  const char* name_;
  std::vector<const char*> moments_;
  bool taken_ = false;
};

}  // namespace

std::unique_ptr<Step> stop_step(Changeover& changeover) {
  return std::make_unique<AlsoStep>(changeover, "stop", std::vector{"stop"});
}

std::unique_ptr<Step> start_step(Changeover& changeover) {
  return std::make_unique<AlsoStep>(changeover, "start", std::vector{"point", "start"});
}

}  // namespace pghaul::platform
