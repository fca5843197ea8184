#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace pghaul::command {

/// SIGINT, SIGTERM and SIGHUP: the first asks, the second ends the process at once with status 130.
///
/// Threads  to be made before any other thread, which inherits that these signals are blocked.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// From now on the first signal calls `ask`, in a thread of its own. While nothing is set, it ends the
  /// process.
  void on_first(std::function<void()> ask);
  /// After this returned, `ask` isn't running and won't be called.
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

/// Writing to a pipe that nobody reads gives an error instead of ending the process.
void survive_closed_pipes();

/// The ends of pg_dump and pg_restore are to be learnt, even when whoever started us ignores those of its
/// own.
void hear_of_children();

}  // namespace pghaul::command
