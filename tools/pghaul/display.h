#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "options.h"
#include "progress.h"
#include "style.h"

namespace pghaul::command {

/// Shows progress on standard error, and lets other lines through without tearing the bar.
///
/// Threads  any, one after the other: it locks. A thread of its own lets the clock go on between events.
class Display {
 public:
  Display(ProgressStyle progress_style, bool verbose, const Style& style);
  ~Display();
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;

  void show(const nlohmann::json& event);
  /// Writes lines that stay; `text` is escaped, and ends without a line break.
  void say(const std::string& text);
  /// Removes the bar until the next event.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  void tick();
  void redraw();
  void show_bar();
  void show_plain();
  void report_ends(const nlohmann::json& event);
  void report_phase(const nlohmann::json& event);
  void report_database(const nlohmann::json& event);
  void say_above(const std::string& text);
  [[nodiscard]] std::string back_to_top(std::size_t columns) const;
  void erase();

  const ProgressStyle progress_style_;  // never automatic
  const bool verbose_;
  const Style style_;
  std::mutex mutex_;
  Progress progress_;
  std::vector<std::string> drawn_;  // the bar as it stands on the terminal
  std::size_t drawn_columns_ = 0;
  double last_plain_ = 0;
  bool under_way_ = false;
  double heard_elapsed_ = 0;  // of the last event
  Clock::time_point heard_;   // when that event came
  bool closing_ = false;
  std::condition_variable closed_;
  std::thread ticker_;
};

}  // namespace pghaul::command
