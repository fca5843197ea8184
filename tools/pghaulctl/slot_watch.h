#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "failure.h"
#include "fleet.h"

namespace pghaul::platform {

/// Watches what the live database keeps for a follower while that is converted, which pghaul itself does only
/// from when it follows: warns when that comes near to a limit, and drops the slot when it is over the
/// user's.
///
/// Ownership  has a session of its own, and ends when destroyed.
/// Threads    looks each second in a thread of its own; the rest is one thread's.
class SlotWatch {
 public:
  /// `limit` is in bytes; 0: only the server's own limit is warned of.
  [[nodiscard]] static Result<std::unique_ptr<SlotWatch>> begin(const Member& live, std::int64_t limit);
  ~SlotWatch();
  SlotWatch(const SlotWatch&) = delete;
  SlotWatch& operator=(const SlotWatch&) = delete;

  /// Says why the slot was given up. The hint is the caller's.
  [[nodiscard]] Outcome check();

 private:
  SlotWatch(Server server, std::string name, std::int64_t limit);
  void watch();
  [[nodiscard]] bool look();
  [[nodiscard]] bool give_up(const std::string& slot, std::int64_t held);
  void warn_once(bool& warned, const std::string& message);

  Server server_;
  std::string name_;  // of the live database
  std::int64_t limit_;
  bool warned_of_limit_ = false;
  bool warned_of_server_ = false;
  std::mutex mutex_;  // guards the next two
  std::optional<Failure> given_up_;
  bool ends_ = false;
  std::condition_variable end_;
  std::thread thread_;
};

}  // namespace pghaul::platform
