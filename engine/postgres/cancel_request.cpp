#include "postgres/cancel_request.h"

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "process/in_child.h"

namespace pghaul::postgres {
namespace {

volatile std::sig_atomic_t severed_socket = CancelRequest::kNoSocket;  // written by children alone

extern "C" void on_alarm(int) {
  if (severed_socket >= 0) shutdown(severed_socket, SHUT_RDWR);
  _exit(0);
}

/// In the child, where every signal is blocked: only async-signal-safe calls.
[[noreturn]] void send_in_child(PGcancel* request, int severs) {
  process::close_all_but(severs);
  severed_socket = severs;
  struct sigaction action {};
  action.sa_handler = on_alarm;
  sigaction(SIGALRM, &action, nullptr);
  process::unblock(SIGALRM);
  alarm(static_cast<unsigned>((severs < 0 ? CancelRequest::kLongest : CancelRequest::kUntilSevered).count()));
  char complaint[256];
  // A request that does not get through changes nothing: the statement goes on to its own end.
  PQcancel(request, complaint, sizeof complaint);
  if (severs < 0) _exit(0);
  for (;;) pause();
}

}  // namespace

CancelRequest::CancelRequest(PGcancel* request, int severs) noexcept
    : child_(process::Child::start([&] { send_in_child(request, severs); })) {}

}  // namespace pghaul::postgres
