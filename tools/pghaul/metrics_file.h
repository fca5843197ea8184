#pragma once

#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

#include "job.h"
#include "metrics.h"

namespace pghaul::command {

/// The file of --metrics, replaced every few seconds while events come, and at the end: what a Prometheus
/// node exporter's textfile collector reads.
///
/// Threads  any, one after the other: it locks.
class MetricsFile {
 public:
  /// `path`: empty for none.
  explicit MetricsFile(std::string path) : path_(std::move(path)) {}

  /// Takes one event. False: the file could not be written, for the first time.
  [[nodiscard]] bool take(const nlohmann::json& event);
  [[nodiscard]] tl::expected<void, Failure> finish(int exit_status);

 private:
  using Clock = std::chrono::steady_clock;

  const std::string path_;
  std::mutex mutex_;
  Metrics metrics_;
  Clock::time_point written_{};
  bool failed_ = false;
};

}  // namespace pghaul::command
