#include "process/in_child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace pghaul::process {

void reset_signals(std::initializer_list<int> by_default, std::initializer_list<int> ignored) noexcept {
  for (const int number : by_default) std::signal(number, SIG_DFL);
  for (const int number : ignored) std::signal(number, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

void unblock(int signal) noexcept {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, signal);
  sigprocmask(SIG_UNBLOCK, &one, nullptr);
}

bool take_standard(int in, int out, int err) noexcept {
  return dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0;
}

bool close_on_exec_all_but(const std::vector<int>& kept) noexcept {
  if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return false;
  for (const int descriptor : kept) {
    if (fcntl(descriptor, F_SETFD, 0) != 0) return false;
  }
  return true;
}

void close_all_but(int kept) noexcept {
  if (kept < 0) {
    syscall(SYS_close_range, 0, ~0U, 0);
    return;
  }
  if (kept > 0) syscall(SYS_close_range, 0, kept - 1, 0);
  syscall(SYS_close_range, kept + 1, ~0U, 0);
}

}  // namespace pghaul::process
