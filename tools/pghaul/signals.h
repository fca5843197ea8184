#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace pghaul::command {

/// Handles SIGINT, SIGTERM and SIGHUP: the first asks, the second ends the process at once with status 130.
///
/// Threads  to be made before any other thread, which inherits that these signals are blocked.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Makes the first signal call `ask`, in a thread of its own. While nothing is set, it ends the process.
  void on_first(std::function<void()> ask);
  /// Ends that: after it has returned, `ask` isn't running and won't be called.
  void forget();

 private:
  void wait();
  [[nodiscard]] bool asked();

  std::mutex mutex_;
  std::function<void()> ask_;
  bool asked_before_ = false;
  std::atomic<bool> closing_ = false;
  std::thread thread_;
};

/// Makes writing to a pipe that nobody reads an error instead of the end of the process.
void survive_closed_pipes();

/// Makes the exit statuses of pg_dump and pg_restore available, even when our parent ignores its children's.
void hear_of_children();

}  // namespace pghaul::command
