#include "link/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/guard.h"
#include "base/units.h"
#include "process/supervisor.h"

namespace pghaul::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kLongestLine = 4_KiB;
constexpr int kMostLines = 1'000;       // of its standard error, for people
constexpr milliseconds kPatience{700};  // with each way of asking it to end

/// Two ends of a socket: unlike a pipe's they can be broken off while another thread waits on them.
struct Pair {
  int ours = -1;
  int theirs = -1;

  Pair() {
    std::array<int, 2> ends = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
    for (int& end : ends) {  // out of the way of the child's standard ones
      const int low = end;
      end = fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
      close(low);
    }
    ours = ends[0];
    theirs = ends[1];
  }
  ~Pair() {
    if (ours >= 0) close(ours);
    if (theirs >= 0) close(theirs);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  [[nodiscard]] bool open() const noexcept { return ours >= 0 && theirs >= 0; }
  [[nodiscard]] int keep_ours() noexcept { return std::exchange(ours, -1); }
};

/// PG* variables are about servers that are reached from here, and PGPASSWORD, PGHAUL_SOURCE hold secrets.
std::vector<std::string> environment() {
  std::vector<std::string> result;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("PG")) result.emplace_back(*variable);
  }
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

/// All that the child needs between fork and exec, where nothing may allocate or lock.
struct Birth {
  char** arguments;
  char** variables;
  int in, out, complaints;
};

/// Comes back when it can't start the program.
void become(const void* context) {
  const auto& [arguments, variables, in, out, complaints] = *static_cast<const Birth*>(context);
  for (const int number : {SIGPIPE, SIGTERM, SIGHUP, SIGCHLD}) std::signal(number, SIG_DFL);
  for (const int number : {SIGINT, SIGQUIT}) std::signal(number, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(complaints, STDERR_FILENO) < 0)
    return;
  if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return;
  execve(arguments[0], arguments, variables);
}

std::string ending(int status) {
  if (WIFSIGNALED(status)) return fmt::format("was killed by signal {}", WTERMSIG(status));
  if (WEXITSTATUS(status) == 127) return "was not found (exit status 127)";
  return fmt::format("ended with exit status {}", WEXITSTATUS(status));
}

}  // namespace

Result<std::unique_ptr<Command>> Command::start(const std::string& command, OnLine on_line) {
  const auto cannot = [] {
    return fail(ErrorCode::system,
                std::string("cannot start the far half of the link: ") + std::strerror(errno));
  };
  Pair in;
  Pair out;
  Pair complaints;
  if (!in.open() || !out.open() || !complaints.open()) return cannot();
  std::vector<std::string> argument_texts = {"/bin/sh", "-c", command};
  std::vector<std::string> variable_texts = environment();
  std::vector<char*> arguments = pointers(argument_texts);
  std::vector<char*> variables = pointers(variable_texts);
  const Birth birth{arguments.data(), variables.data(), in.theirs, out.theirs, complaints.theirs};
  const pid_t pid = fork();
  if (pid == 0) process::supervise(become, &birth);
  if (pid < 0) return cannot();
  std::unique_ptr<Command> started(new Command(pid, in.keep_ours(), out.keep_ours()));
  const Status heard = guarded("starting the far half of the link", [&]() -> Status {
    started->listener_ = guarded_thread(
        "listening to the far half's standard error",
        [&self = *started, from = complaints.ours,
         on_line = std::move(on_line)](const std::stop_token& over) -> Status {
          self.listen(from, on_line, over);
          return {};
        },
        [&self = *started](const Error&) { self.break_off(); });
    (void)complaints.keep_ours();
    return {};
  });
  if (!heard) return fail(heard.error());
  return started;
}

Command::~Command() {
  break_off();
  if (!ends_within(kPatience)) {
    kill(pid_, SIGTERM);
    if (!ends_within(kPatience)) {
      kill(pid_, SIGTERM);  // once more: it kills all that the command has started
      constexpr milliseconds kUntilReaped{10'000};
      if (!ends_within(kUntilReaped)) kill(pid_, SIGKILL);
    }
  }
  listener_ = {};  // asks it to end, and joins
  close(to_);
  close(from_);
}

Result<std::size_t> Command::read(std::span<std::byte> bytes) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = recv(from_, bytes.data() + have, bytes.size() - have, MSG_WAITALL);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::connection_lost, name_ + " can't be read: " + std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

Status Command::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(to_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0)
      return fail(ErrorCode::connection_lost, name_ + " can't be written to: " + std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return {};
}

void Command::break_off() noexcept {
  shutdown(to_, SHUT_RDWR);
  shutdown(from_, SHUT_RDWR);
}

std::string Command::last_words() {
  constexpr milliseconds kMoment{500};
  const bool ended = ends_within(kMoment);
  const std::lock_guard lock(mutex_);
  std::string words = ended ? "it " + ending(exit_status_) : "it has closed its output";
  if (!last_line_.empty()) words += "; it last said: " + last_line_;
  return words;
}

bool Command::ends_within(milliseconds time) {
  const auto deadline = steady_clock::now() + time;
  constexpr milliseconds kLook{5};
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return true;
      int status = 0;
      const pid_t ended = waitpid(pid_, &status, WNOHANG);
      if (ended == pid_ || (ended < 0 && errno == ECHILD)) {
        ended_ = true;
        exit_status_ = ended == pid_ ? status : 0;
        return true;
      }
    }
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kLook);
  }
}

void Command::listen(int complaints, const OnLine& on_line, const std::stop_token& over) {
  std::string line;
  std::array<char, 4_KiB> buffer;
  int left = kMostLines;
  const auto tell = [&] {
    while (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) {
      {
        const std::lock_guard lock(mutex_);
        last_line_ = line;
      }
      if (left > 0) on_line(line);
      if (left-- == 0) on_line("(it says more than can be shown)");
    }
    line.clear();
  };
  for (;;) {
    pollfd waits{complaints, POLLIN, 0};
    constexpr int kLookMilliseconds =
        100;  // whoever it left behind may hold the other end, or write, for ever
    const int ready = poll(&waits, 1, kLookMilliseconds);
    if (over.stop_requested()) break;
    if (ready == 0) continue;
    const ssize_t got = recv(complaints, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    for (const char byte : std::string_view(buffer.data(), static_cast<std::size_t>(got))) {
      if (byte == '\n') {
        tell();
      } else if (line.size() < kLongestLine) {
        line += byte;
      }
    }
  }
  tell();
  close(complaints);
}

}  // namespace pghaul::link
