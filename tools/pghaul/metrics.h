#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace pghaul::command {

/// A run in numbers, as its events (docs/events.md) tell them, for Prometheus.
///
/// The names of metrics and labels are frozen: docs/metrics.md.
/// Source  Prometheus, "Exposition formats", text format 0.0.4.
class Metrics {
 public:
  void take(const nlohmann::json& event);
  void set_exit_status(int status) { exit_status_ = status; }
  /// Renders all that is known so far.
  [[nodiscard]] std::string text() const;

 private:
  std::string verb_;
  std::string version_;
  std::string source_;
  std::string target_;
  double elapsed_ = 0;
  std::map<std::string, double> gauges_;  // by the member of an event that gives them: "bytes"
  double running_ = 0;
  std::uint64_t retries_ = 0;
  std::uint64_t warnings_ = 0;
  std::map<std::string, bool> phases_;  // whether each that has begun is under way
  std::string status_;                  // empty: it has not ended
  bool partial_ = false;
  int exit_status_ = -1;  // -1: not known yet
};

}  // namespace pghaul::command
