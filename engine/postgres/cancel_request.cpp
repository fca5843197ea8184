#include "postgres/cancel_request.h"

#include <linux/close_range.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace pghaul::postgres {
namespace {

volatile std::sig_atomic_t severed_socket = CancelRequest::kNoSocket;  // written by children alone

extern "C" void on_alarm(int) {
  if (severed_socket >= 0) shutdown(severed_socket, SHUT_RDWR);
  _exit(0);
}

/// Closes all but `kept`: what others wait for to be closed must not stay open here.
void close_all_but(int kept) {
  if (kept < 0) {
    syscall(SYS_close_range, 0, ~0U, 0);
    return;
  }
  if (kept > 0) syscall(SYS_close_range, 0, kept - 1, 0);
  syscall(SYS_close_range, kept + 1, ~0U, 0);
}

/// In the child, where every signal is blocked: only async-signal-safe calls.
[[noreturn]] void send_in_child(PGcancel* request, int severs) {
  close_all_but(severs);
  severed_socket = severs;
  struct sigaction action {};
  action.sa_handler = on_alarm;
  sigaction(SIGALRM, &action, nullptr);
  sigset_t only_alarm;
  sigemptyset(&only_alarm);
  sigaddset(&only_alarm, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &only_alarm, nullptr);
  alarm(static_cast<unsigned>((severs < 0 ? CancelRequest::kLongest : CancelRequest::kUntilSevered).count()));
  char complaint[256];
  // A request that does not get through changes nothing: the statement goes on to its own end.
  PQcancel(request, complaint, sizeof complaint);
  if (severs < 0) _exit(0);
  for (;;) pause();
}

}  // namespace

CancelRequest::CancelRequest(PGcancel* request, int severs) noexcept {
  sigset_t all;
  sigset_t usual;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &usual);  // no handler of the program's runs in the child
  pid_ = fork();
  if (pid_ == 0) send_in_child(request, severs);
  pthread_sigmask(SIG_SETMASK, &usual, nullptr);
  if (pid_ > 0) ended_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
}

CancelRequest::~CancelRequest() {
  if (pid_ <= 0) return;
  if (ended_ >= 0) {
    syscall(SYS_pidfd_send_signal, ended_, SIGKILL, nullptr, 0);
    close(ended_);
  }
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

bool CancelRequest::ends_within(std::chrono::milliseconds time) const noexcept {
  const auto deadline = std::chrono::steady_clock::now() + time;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd child{ended_, POLLIN, 0};
    const int ready = poll(&child, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

}  // namespace pghaul::postgres
