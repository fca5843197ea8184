#include <fmt/format.h>

#include "changeover.h"
#include "engine_job.h"
#include "maintenance.h"
#include "pghaul/quantities.h"

namespace pghaul::platform {
namespace {

/// Forecasts the pause from a sample of the rows, while the application still writes.
class ForecastStep : public Step {
 public:
  explicit ForecastStep(Changeover& changeover) : all_(changeover) {}

  [[nodiscard]] const char* name() const override { return "forecast"; }
  [[nodiscard]] std::string what() const override { return "how long writes would be refused"; }

  /// Once writes are refused there is nothing left to decide.
  [[nodiscard]] Result<bool> is_so() override { return is_fenced(*all_.source().server, all_.app.writers); }

  [[nodiscard]] Result<std::string> take() override {
    const EngineResult done = run_engine(between(all_), command::Verb::estimate, {{"budget", "5s"}});
    if (!done.message.empty()) return failed(done.status, done.message, done.hint);
    all_.forecast = done.report.value("predicted_seconds", 0.0);
    const std::string pause = command::show_seconds(*all_.forecast);
    const double within = std::chrono::duration<double>(all_.within).count();
    if (within > 0 && *all_.forecast > within)
      return refused(fmt::format("writes would be refused for {}, longer than --within", pause),
                     "a copy's pause grows with the database's size");
    return pause;
  }

 private:
  Changeover& all_;
};

}  // namespace

std::unique_ptr<Step> forecast_step(Changeover& changeover) {
  return std::make_unique<ForecastStep>(changeover);
}

}  // namespace pghaul::platform
