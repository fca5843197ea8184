#include "process/child.h"

#include <poll.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace pghaul::process {
namespace {

constexpr int kNotStarted = 127;

}  // namespace

Child Child::start(void (*body)(const void*), const void* context, Signals signals) noexcept {
  sigset_t all;
  sigset_t usual;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &usual);
  const pid_t pid = fork();
  if (pid == 0) {
    if (signals == Signals::to_its_group) setpgid(0, 0);
    body(context);
    _exit(kNotStarted);
  }
  const int reason = errno;
  pthread_sigmask(SIG_SETMASK, &usual, nullptr);
  if (pid > 0 && signals == Signals::to_its_group) setpgid(pid, pid);  // whoever of the two comes first
  Child child(pid, signals);
  if (pid < 0) errno = reason;
  return child;
}

Child::Child(pid_t pid, Signals signals) noexcept
    : pid_(pid),
      signals_(signals),
      ended_(pid > 0 ? Descriptor::beyond_standard(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)))
                     : Descriptor()),
      gone_(pid > 0 && !ended_.open() && errno == ESRCH) {}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      signals_(other.signals_),
      ended_(std::move(other.ended_)),
      gone_(other.gone_) {}

void Child::end() noexcept {
  if (!started()) return;
  send(SIGKILL);
  static_cast<void>(wait());
}

bool Child::ends_within(std::chrono::milliseconds time) const noexcept {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + time;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd end{ended_.number(), POLLIN, 0};
    const int ready = poll(&end, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

/// By the descriptor, where there is one: that is never another process's.
void Child::send(int signal) const noexcept {
  if (!started()) return;  // 0 would be all of our own group
  if (signals_ == Signals::to_its_group) {
    kill(-pid_, signal);
  } else if (ended_.open()) {
    syscall(SYS_pidfd_send_signal, ended_.number(), signal, nullptr, 0);
  } else if (!gone_) {
    kill(pid_, signal);
  }
}

std::optional<int> Child::wait() noexcept {
  int status = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(pid_, &status, 0);
  } while (ended < 0 && errno == EINTR);
  pid_ = 0;
  if (ended < 0) return std::nullopt;
  return status;
}

tl::unexpected<Error> cannot_start(const std::string& what, int reason) {
  const bool short_of = reason == EAGAIN || reason == ENOMEM || reason == EMFILE || reason == ENFILE;
  return fail(ErrorCode::system, "cannot start " + what + ": " + std::strerror(reason),
              short_of
                  ? "run fewer jobs at a time, or raise the limit that stands in the way (ulimit -a; of a "
                    "container: its limits on pids and memory)"
                  : "");
}

}  // namespace pghaul::process
