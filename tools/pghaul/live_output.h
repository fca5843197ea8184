#pragma once

#include <atomic>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "display.h"
#include "event_file.h"
#include "metrics_file.h"
#include "options.h"
#include "style.h"

namespace pghaul::command {

/// Output while a verb runs: events to their file, progress and messages to standard error.
///
/// Threads    take() from the engine's, one at a time; the others where none of these runs, but say() from
/// any.
class LiveOutput {
 public:
  LiveOutput(const Options& options, const Style& style, EventFile events);

  /// Writes and shows one event; called by the engine, into which nothing may be thrown.
  void take(std::string_view event) noexcept;
  /// Shows a warning, the first time it comes.
  void warn(const std::string& message, const std::string& hint);
  void say(const std::string& text) { display_.say(text); }
  /// Takes the progress bar off the terminal.
  void clear() { display_.clear(); }
  /// Writes the metrics a last time.
  [[nodiscard]] tl::expected<void, Failure> finish_metrics(int exit_status) {
    return metrics_.finish(exit_status);
  }
  /// Says whether every event was written and shown.
  [[nodiscard]] bool complete() const noexcept { return !lost_; }

 private:
  void show(std::string_view event);
  void show_retry(const nlohmann::json& event);
  void show_opening(const nlohmann::json& event);

  const Options& options_;
  const Style style_;
  EventFile events_;
  MetricsFile metrics_;
  Display display_;
  std::set<std::string> said_;
  std::atomic<bool> lost_{false};  // an event, for want of memory
};

}  // namespace pghaul::command
