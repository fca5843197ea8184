#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace pghaul::command {

/// The state of a running verb as its events have reported it so far (docs/events.md).
///
/// Units  seconds since the verb began; bytes of COPY data.
class Progress {
 public:
  void take(const nlohmann::json& event);

  /// Returns the first of the phases under way, between them the last one; empty before the first.
  [[nodiscard]] std::string phase() const;
  /// Returns how much of the work is done: by time where there is a forecast, else by bytes and tasks in
  /// equal shares. Never falls, never quite 1.
  [[nodiscard]] std::optional<double> fraction() const { return fraction_; }
  /// Returns the present bytes per second; nothing while no bytes move.
  [[nodiscard]] std::optional<double> rate() const;

  std::string verb;
  double elapsed = 0;
  std::optional<double> remaining;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_total = 0;  // estimated; may be exceeded
  std::uint64_t tables_done = 0;
  std::uint64_t tables_total = 0;
  std::uint64_t indexes_done = 0;
  std::uint64_t indexes_total = 0;
  std::uint64_t tasks_done = 0;
  std::uint64_t tasks_total = 0;
  std::vector<std::string> running;
  std::string bottleneck;  // what most of the work waits for; empty: not known
  nlohmann::json live;     // of a live copy whose changes are being applied: its last event; otherwise null

 private:
  void take_phase(const nlohmann::json& event);
  void take_counts(const nlohmann::json& event);
  void advance();

  std::vector<std::string> phases_;  // under way, in the order they began
  std::string last_phase_;
  double bytes_per_second_ = 0;
  std::optional<double> fraction_;
};

}  // namespace pghaul::command
