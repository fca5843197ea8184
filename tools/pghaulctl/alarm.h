#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace pghaul::platform {

/// Calls a function once, at a moment, unless it is destroyed before.
///
/// Threads  the function runs in a thread of its own.
class Alarm {
 public:
  /// `moment`: nothing never comes.
  Alarm(std::optional<std::chrono::steady_clock::time_point> moment, std::function<void()> call);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable off_;
  bool is_off_ = false;
  std::thread thread_;
};

}  // namespace pghaul::platform
