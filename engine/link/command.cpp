#include "link/command.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "base/guard.h"
#include "base/units.h"

namespace pghaul::link {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLongestLine = 4_KiB;
constexpr int kMostLines = 1'000;         // of its standard error, for people
constexpr milliseconds kUntilEnded{700};  // with each way of asking it to end

}  // namespace

Result<std::unique_ptr<Command>> Command::start(const std::string& command, OnLine on_line) {
  Result<process::SupervisedCommand> supervised =
      process::start_supervised(command, "the far half of the link");
  if (!supervised) return fail(supervised.error());
  std::unique_ptr<Command> started(new Command(std::move(*supervised)));
  const Status heard = guarded("starting the far half of the link", [&]() -> Status {
    started->listener_ = guarded_thread(
        "listening to the far half's standard error",
        [&self = *started, on_line = std::move(on_line)](const std::stop_token& over) -> Status {
          self.listen(on_line, over);
          return {};
        },
        [&self = *started](const Error&) { self.break_off(); });
    return {};
  });
  if (!heard) return fail(heard.error());
  return started;
}

Command::~Command() {
  break_off();
  process::Child& child = started_.child;  // whose own end kills it
  if (child.ends_within(kUntilEnded)) return;
  child.send(SIGTERM);
  if (child.ends_within(kUntilEnded)) return;
  child.send(SIGTERM);  // once more: it kills all that the command has started
  constexpr milliseconds kUntilReaped{10'000};
  static_cast<void>(child.ends_within(kUntilReaped));
}

Result<std::size_t> Command::read(std::span<std::byte> bytes) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = recv(started_.output.number(), bytes.data() + have, bytes.size() - have, MSG_WAITALL);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::connection_lost, name_ + " can't be read: " + std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

Status Command::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(started_.input.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0)
      return fail(ErrorCode::connection_lost, name_ + " can't be written to: " + std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return {};
}

void Command::break_off() noexcept {
  shutdown(started_.input.number(), SHUT_RDWR);
  shutdown(started_.output.number(), SHUT_RDWR);
}

std::string Command::last_words() {
  constexpr milliseconds kMoment{500};
  const bool ended = started_.child.ends_within(kMoment);
  const std::lock_guard lock(mutex_);
  std::string words = ended ? "it " + ending() : "it has closed its output";
  if (!last_line_.empty()) words += "; it last said: " + last_line_;
  return words;
}

std::string Command::ending() {
  if (!status_) status_ = started_.child.wait().value_or(0);
  if (WIFSIGNALED(*status_)) return fmt::format("was killed by signal {}", WTERMSIG(*status_));
  if (WEXITSTATUS(*status_) == 127) return "was not found (exit status 127)";
  return fmt::format("ended with exit status {}", WEXITSTATUS(*status_));
}

void Command::listen(const OnLine& on_line, const std::stop_token& over) {
  const int errors = started_.errors.number();
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
    pollfd waits{errors, POLLIN, 0};
    constexpr int kLookMilliseconds =
        100;  // whoever it left behind may hold the other end, or write, for ever
    const int ready = poll(&waits, 1, kLookMilliseconds);
    if (over.stop_requested()) break;
    if (ready == 0) continue;
    const ssize_t got = recv(errors, buffer.data(), buffer.size(), 0);
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
}

}  // namespace pghaul::link
