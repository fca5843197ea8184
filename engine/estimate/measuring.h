#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/error.h"
#include "estimate/calibration.h"
#include "estimate/processor_probe.h"
#include "estimate/sample_choice.h"

namespace pghaul::estimate {

/// Returns how many sessions measure a server's processor for a copy with so many workers.
[[nodiscard]] int sessions_for(int jobs);

/// The common part of measuring for a server and for an archive: a failed measurement becomes a note of the
/// calibration, and the time is limited.
///
/// Ownership  none of discovery and calibration, which outlive it.
/// Threads    one.
class Measuring {
 public:
  using Clock = std::chrono::steady_clock;

  Measuring(const discovery::Discovery& found, std::stop_token stop, Calibration& result)
      : found_(found), stop_(std::move(stop)), result_(result) {}

  /// Makes a note of a failure, so that the rest can continue without it. Errors  connection_lost,
  /// interrupted.
  [[nodiscard]] Status noted(const Status& outcome);
  /// Measures the server's processor; nothing where that fails. `free_connections`: the number that the
  /// server has. `budget`: the time for all measurements, of which it takes a part.
  [[nodiscard]] Result<std::optional<Cores>> measure_processor(const postgres::ConnectionString& server,
                                                               postgres::Side side, int free_connections,
                                                               std::chrono::duration<double> budget);
  /// Samples one table after another until the time is up. Errors  connection_lost, interrupted.
  template <typename TableSampler>
  [[nodiscard]] Status sample_tables(TableSampler& sampler, Clock::time_point until) {
    for (const std::vector<catalog::Place>& tables : sample_choice(found_.source, found_.plan)) {
      if (Clock::now() > until) {
        result_.notes.emplace_back("the time limit was reached before every kind of table had been sampled");
        break;
      }
      Result<TableSample> sample = sampler.sample(tables, result_.rates);
      if (sample) result_.samples.push_back(std::move(*sample));
      if (const Status done = noted(sample ? Status{} : fail(sample.error())); !done) return done;
    }
    return {};
  }

 private:
  const discovery::Discovery& found_;
  std::stop_token stop_;
  Calibration& result_;
};

}  // namespace pghaul::estimate
