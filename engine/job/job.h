#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "discovery/options.h"
#include "measure/events.h"
#include "measure/report.h"

namespace pghaul::discovery {
struct VerbContext;
}

namespace pghaul::job {

/// One run of one verb, from options to report.
///
/// Threads    one calls verbs; stop() from any.
class Job {
 public:
  Job();

  discovery::Options options;
  measure::Events::Listener listener;

  [[nodiscard]] Status copy();
  [[nodiscard]] Status verify();
  [[nodiscard]] Status sync();
  [[nodiscard]] Status plan();
  [[nodiscard]] Status estimate();
  [[nodiscard]] Status abandon();
  [[nodiscard]] Status status();
  [[nodiscard]] Status switchover();
  [[nodiscard]] Status finish();
  void stop() noexcept;

  [[nodiscard]] const std::string& report() const noexcept { return report_json_; }
  [[nodiscard]] int exit_status() const noexcept { return exit_status_; }
  /// Returns the report's findings.
  [[nodiscard]] const std::vector<measure::Report::Finding>& findings() const noexcept { return findings_; }
  /// Tells whether something was left out.
  [[nodiscard]] bool partial() const noexcept { return partial_; }

 private:
  /// The body of a verb; it sets its second argument once it touches the target.
  using Body = std::function<Status(discovery::VerbContext, bool& touched)>;
  [[nodiscard]] Result<discovery::Endpoints> make_ends(measure::Events& events) const;
  [[nodiscard]] Status run(const char* verb, const char* doing, const Body& body);
  [[nodiscard]] Status conclude(measure::Report& report, measure::Events& events, Status done, bool touched);

  std::stop_source stop_;
  std::string report_json_ = "{}";
  std::vector<measure::Report::Finding> findings_;
  bool partial_ = false;
  int exit_status_;  // a failure until success is proved
};

}  // namespace pghaul::job
