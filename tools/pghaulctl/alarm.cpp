#include "alarm.h"

#include <utility>

namespace pghaul::platform {

Alarm::Alarm(std::optional<std::chrono::steady_clock::time_point> moment, std::function<void()> call) {
  if (!moment) return;
  thread_ = std::thread([this, moment = *moment, call = std::move(call)] {
    std::unique_lock lock(mutex_);
    if (!off_.wait_until(lock, moment, [this] { return is_off_; })) call();
  });
}

Alarm::~Alarm() {
  {
    const std::lock_guard lock(mutex_);
    is_off_ = true;
  }
  off_.notify_one();
  if (thread_.joinable()) thread_.join();
}

}  // namespace pghaul::platform
