#include "host.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <system_error>

#include "host_requests.h"

namespace pghaul::platform {
namespace {

constexpr std::chrono::seconds kLongestSilence{30};  // the far half says every 5 s that it is there still
constexpr std::chrono::seconds kLongestIdle{10};     // a line that nobody uses may be gone without a word
constexpr std::chrono::seconds kRest{10};            // after which a host that failed is tried again

/// Bounds what a write waits for.
void give_up_writing_after(int socket, std::chrono::seconds time) {
  const timeval longest{time.count(), 0};
  if (::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof(longest)) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot bound the writes to a socket");
}

Outcome without_text(const Result<std::string>& answer) {
  if (!answer) return tl::make_unexpected(answer.error());
  return {};
}

}  // namespace

struct Host::Far {
  explicit Far(int near_end) : descriptor(near_end), reader(near_end) {}
  ~Far() { ::close(descriptor); }
  Far(const Far&) = delete;
  Far& operator=(const Far&) = delete;

  std::unique_ptr<RunningCommand> command;  // destroyed after its input is closed
  int descriptor;
  MessageReader reader;
};

Host& Host::reached_by(const std::string& command) {
  static std::map<std::string, std::unique_ptr<Host>> hosts;
  std::unique_ptr<Host>& host = hosts[command];
  if (!host) host.reset(new Host(command));
  return *host;
}

Host::Host(std::string command) : command_(std::move(command)) {}
Host::~Host() = default;

Result<std::string> Host::run(const std::vector<std::string>& argv, std::optional<uid_t> user) {
  HostMessage request{"run", user ? std::to_string(*user) : ""};
  request.insert(request.end(), argv.begin(), argv.end());
  return ask(request);
}

Result<bool> Host::exists(const std::string& path) {
  return ask({"exists", path}).map([](const std::string& answer) { return answer == "yes"; });
}

Outcome Host::make_file(const std::string& path) {
  return without_text(ask({"make", path}));
}

Outcome Host::remove(const std::string& path) {
  return without_text(ask({"remove", path}));
}

Result<std::string> Host::user_name(uid_t user) {
  return ask({"user", std::to_string(user)});
}

Result<std::string> Host::ask(const HostMessage& request) {
  if (command_.empty()) return answer(request);
  if (auto connected = connect(); !connected) return tl::make_unexpected(connected.error());
  const auto asked = std::chrono::steady_clock::now();
  Outcome sent = send_message(far_->descriptor, request);
  HostMessage reply;
  while (sent && reply.empty()) {
    auto next = far_->reader.next(kLongestSilence);
    if (next) reply = std::move(*next);
    if (!next) sent = tl::make_unexpected(next.error());
  }
  if (!sent) {
    const Failure failure = unreachable(sent.error().message);
    if (std::chrono::steady_clock::now() - asked >= kLongestSilence) remember(failure);
    far_.reset();
    return tl::make_unexpected(failure);
  }
  last_used_ = std::chrono::steady_clock::now();
  if (reply.size() == 2 && reply[0] == "done") return reply[1];
  if (reply.size() != 4) return tl::make_unexpected(unreachable("wrote what pghaulctl would not"));
  return failed(std::stoi(reply[1]), fmt::format("on '{}': {}", command_, reply[2]), reply[3]);
}

Outcome Host::connect() {
  const auto now = std::chrono::steady_clock::now();
  if (far_ && now - last_used_ < kLongestIdle) return {};
  if (failure_ && now - failed_at_ < kRest) return tl::make_unexpected(*failure_);
  far_.reset();
  failure_.reset();
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot make a pair of sockets");
  far_ = std::make_unique<Far>(ends[0]);
  give_up_writing_after(ends[0], kLongestSilence);
  auto started = far_command(command_, {}).and_then([&](const std::string& command) {
    return RunningCommand::start(command, ends[1]);
  });
  ::close(ends[1]);
  if (!started) {
    far_.reset();
    return tl::make_unexpected(started.error());
  }
  far_->command = std::move(*started);
  const auto greeting = far_->reader.next(kLongestSilence);
  last_used_ = std::chrono::steady_clock::now();
  if (!greeting) {
    remember(unreachable(greeting.error().message));
  } else if (*greeting != HostMessage{"pghaulctl serve-host", pghaul_version()}) {
    const std::string version = greeting->size() == 2 ? (*greeting)[1] : "unknown";
    remember({PGHAUL_EXIT_UNREACHABLE,
              fmt::format("'{}' leads to another version of pghaulctl: {}, this is {}", command_, version,
                          pghaul_version()),
              "install the same one on both machines"});
  }
  if (!failure_) return {};
  far_.reset();
  return tl::make_unexpected(*failure_);
}

/// Whoever asks next does not wait for the same again, while poolers hold.
void Host::remember(const Failure& failure) {
  failure_ = failure;
  failed_at_ = std::chrono::steady_clock::now();
}

Failure Host::unreachable(const std::string& why) const {
  std::string words;
  if (far_ && far_->command) {
    ::shutdown(far_->descriptor, SHUT_RDWR);
    words = far_->command->last_words();
  }
  return {PGHAUL_EXIT_UNREACHABLE,
          fmt::format("the host of '{}' can't be reached: it {}; {}", command_, why, words),
          fmt::format("does it run without a question: {} pghaulctl --version", command_)};
}

std::pair<std::string, std::string> split_host(const std::string& file) {
  if (file.starts_with('/')) return {"", file};
  std::size_t colon = file.find(":/");
  while (colon != std::string::npos && file.compare(colon, 3, "://") == 0) colon = file.find(":/", colon + 1);
  if (colon == std::string::npos) return {"", file};
  return {file.substr(0, colon), file.substr(colon + 1)};
}

Result<std::string> far_command(const std::string& command, const std::vector<std::string>& arguments) {
  std::string all = command + " pghaulctl serve-host";
  for (const std::string& one : arguments) {
    const bool is_plain = !one.empty() && std::ranges::all_of(one, [](unsigned char c) {
      return std::isalnum(c) != 0 ||
             std::string_view("/._-:").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (!is_plain) return refused(fmt::format("'{}' can't be sent to '{}'", one, command));
    all += " " + one;
  }
  return all;
}

}  // namespace pghaul::platform
