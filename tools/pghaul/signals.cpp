#include "signals.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <exception>
#include <utility>

#include "output.h"
#include "style.h"

namespace pghaul::command {

namespace {

constexpr int kInterrupted = 130;

/// Returns the signals to handle. One that was ignored when the process began, as nohup does with SIGHUP,
/// stays so.
sigset_t signals_to_heed() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction inherited {};
    sigaction(number, nullptr, &inherited);
    if (inherited.sa_handler != SIG_IGN) sigaddset(&set, number);
  }
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

Signals::Signals() {
  const sigset_t set = signals_to_heed();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread([this] { wait(); });
}

Signals::~Signals() {
  closing_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

void Signals::on_first(std::function<void()> ask) {
  const std::lock_guard lock(mutex_);
  ask_ = std::move(ask);
}

void Signals::forget() {
  on_first(nullptr);
}

void Signals::wait() {
  const sigset_t set = signals_to_heed();
  for (;;) {
    int number = 0;
    sigwait(&set, &number);
    if (closing_) return;
    if (asked()) continue;
    if (isatty(STDERR_FILENO) == 1) write_fully(STDERR_FILENO, "\n");
    _exit(kInterrupted);
  }
}

bool Signals::asked() {
  const std::lock_guard lock(mutex_);
  if (!ask_ || std::exchange(asked_before_, true)) return false;
  try {
    ask_();
  } catch (const std::exception&) {  // the message about the stop could not be shown
  }
  return true;
}

void survive_closed_pipes() {
  // A handler is set rather than SIG_IGN, which programs that the engine starts would inherit.
  struct sigaction action {};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  sigaction(SIGPIPE, &action, nullptr);
}

void hear_of_children() {
  std::signal(SIGCHLD, SIG_DFL);
}

}  // namespace pghaul::command
