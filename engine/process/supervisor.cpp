#include "process/supervisor.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace pghaul::process {
namespace {

constexpr int kNotStarted = 127;

/// Sends `signal` to the children of this process that are in its session. How many there were.
int signal_children(int signal) noexcept {
  const int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) return 0;
  const pid_t session = getsid(0);
  int count = 0;
  pid_t pid = 0;
  std::array<char, 4096> text{};
  for (ssize_t got = 0; (got = read(list, text.data(), text.size())) > 0;) {
    for (ssize_t i = 0; i < got; ++i) {
      const char c = text[static_cast<std::size_t>(i)];
      if (c >= '0' && c <= '9') {
        pid = pid * 10 + (c - '0');
        continue;
      }
      if (pid > 0 && getsid(pid) == session && kill(pid, signal) == 0) ++count;
      pid = 0;
    }
  }
  close(list);
  return count;
}

/// Children of what is killed come to us: until there are none.
void kill_what_is_left() noexcept {
  while (signal_children(SIGKILL) > 0) {
    if (waitpid(-1, nullptr, 0) < 0) return;
  }
}

[[noreturn]] void end_as(int status) noexcept {
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  std::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  raise(number);
  _exit(128 + number);
}

}  // namespace

void supervise(void (*start)(const void*), const void* context) noexcept {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::signal(SIGCHLD, SIG_DFL);
  for (const int number : {SIGINT, SIGQUIT, SIGHUP, SIGPIPE}) std::signal(number, SIG_IGN);
  sigset_t heeded;
  sigemptyset(&heeded);
  sigaddset(&heeded, SIGTERM);
  sigaddset(&heeded, SIGCHLD);
  sigprocmask(SIG_SETMASK, &heeded, nullptr);
  const pid_t program = fork();
  if (program == 0) {
    start(context);
    _exit(kNotStarted);
  }
  if (program < 0) _exit(kNotStarted);
  syscall(SYS_close_range, 0, ~0U,
          0);  // whoever reads what the program writes waits for its end, not for ours
  for (int asked = 0;;) {
    siginfo_t heard{};
    if (sigwaitinfo(&heeded, &heard) == SIGTERM) {
      if (asked++ == 0) {
        kill(program, SIGTERM);
      } else {
        kill(program, SIGKILL);
      }
    }
    int status = 0;
    for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (ended != program) continue;
      kill_what_is_left();
      end_as(status);
    }
  }
}

}  // namespace pghaul::process
