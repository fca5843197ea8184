#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/error.h"
#include "process/descriptor.h"

namespace pghaul::process {

/// A process that this one has forked. All of its kind are made here.
///
/// Ownership  killed and reaped when destroyed; moves, never copies.
/// Threads    ends_within() from any, the rest by one at a time.
/// Source     pidfd_open(2): a descriptor that is readable once the process has ended.
class Child {
 public:
  enum class Signals { to_itself, to_its_group };

  /// Forks. The child calls `body`, with all signals blocked, so that no handler of ours runs in it; only
  /// what is async-signal-safe may be called there. Should `body` return, the child ends with status 127.
  ///
  /// `signals`: whom send() reaches; to_its_group makes it the leader of a group of its own.
  /// Errors  none has started(); errno says why.
  template <typename Body>
  [[nodiscard]] static Child start(const Body& body, Signals signals = Signals::to_itself) noexcept {
    return start([](const void* it) { (*static_cast<const Body*>(it))(); }, &body, signals);
  }

  ~Child() { end(); }
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  [[nodiscard]] bool started() const noexcept { return pid_ > 0; }
  /// A descriptor that is readable once it has ended; not open where the kernel has none.
  [[nodiscard]] const Descriptor& ended() const noexcept { return ended_; }
  /// Somebody else had reaped it by the time that it was looked for.
  [[nodiscard]] bool gone() const noexcept { return gone_; }
  [[nodiscard]] bool ends_within(std::chrono::milliseconds time) const noexcept;
  void send(int signal) const noexcept;
  /// Waits for its end, and returns its status as waitpid() gives it; nothing when nobody can say: the
  /// process ignores SIGCHLD, or waits for children that aren't its own.
  [[nodiscard]] std::optional<int> wait() noexcept;

 private:
  [[nodiscard]] static Child start(void (*body)(const void*), const void* context, Signals signals) noexcept;
  Child(pid_t pid, Signals signals) noexcept;
  void end() noexcept;

  pid_t pid_;  // 0: it has been reaped
  Signals signals_;
  Descriptor ended_;
  bool gone_;
};

/// Makes a failure of the errno with which something could not be started, called `what`.
[[nodiscard]] tl::unexpected<Error> cannot_start(const std::string& what, int reason);

}  // namespace pghaul::process
