#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fleet.h"
#include "step.h"

namespace pghaul::command {
class Signals;
}

namespace pghaul::platform {

/// The request for a changeover, and what its steps tell each other.
struct Changeover {
  App app;
  std::string from;                     // the name of the live database
  std::string to;                       // the name of the next one
  std::string version;                  // the major version that it is to be of; empty: unknown
  Fleet fleet;                          // as it was when the latest step began
  std::chrono::milliseconds within{0};  // longest pause that is accepted; 0: any
  std::optional<double> forecast;       // of the pause, in seconds
  std::optional<std::chrono::steady_clock::time_point> paused;    // when this run began to refuse writes
  std::optional<std::chrono::steady_clock::time_point> deadline;  // of the pause
  command::Signals* signals = nullptr;
  std::string slot_limit;  // the most WAL that the live server keeps for the next one; empty: no limit
  std::int64_t slot_limit_bytes = 0;
  bool back = false;           // to the former database of a live changeover
  bool live = false;           // while the application writes
  bool prove = false;          // compare every row before a live changeover decides
  std::string copied_because;  // a live changeover fills by a copy, for this reason; empty: it converts

  [[nodiscard]] Member& source() { return **fleet.find(from); }
  [[nodiscard]] Member& target() { return **fleet.find(to); }
  /// Tells whether the next database is to be of another version than the live one.
  [[nodiscard]] bool upgrades() { return source().cluster && source().cluster->version != version; }
  /// Asks the servers again.
  [[nodiscard]] Outcome survey();
  /// Returns now, from which on the deadline counts.
  std::chrono::steady_clock::time_point begin_pause();
  /// Fails once writes have been refused for longer than `within`.
  [[nodiscard]] Outcome in_time() const;
};

/// The steps of a changeover by a copy, in order.
[[nodiscard]] std::vector<std::unique_ptr<Step>> steps_by_copy(Changeover& changeover);
/// The steps of a changeover while the application writes: by a follower that is converted, or by a copy; and
/// of the way back of that.
[[nodiscard]] std::vector<std::unique_ptr<Step>> steps_by_live(Changeover& changeover);
[[nodiscard]] std::vector<std::unique_ptr<Step>> steps_back(Changeover& changeover);
/// The steps of a changeover by a follower that is upgraded in place.
[[nodiscard]] std::vector<std::unique_ptr<Step>> steps_by_upgrade(Changeover& changeover);

[[nodiscard]] std::unique_ptr<Step> create_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> roles_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> database_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> forecast_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> fence_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> copy_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> names_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> open_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> follow_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> prepare_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> convert_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> live_copy_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> catch_up_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> switch_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> upgrade_step(Changeover& changeover);
/// Stop and start what else hangs on the database, by its hooks.
[[nodiscard]] std::unique_ptr<Step> stop_step(Changeover& changeover);
[[nodiscard]] std::unique_ptr<Step> start_step(Changeover& changeover);

}  // namespace pghaul::platform
