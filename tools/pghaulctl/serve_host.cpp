#include "serve_host.h"

#include <fmt/format.h>
#include <netdb.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "acting_as.h"
#include "host_messages.h"
#include "host_requests.h"
#include "pghaul/output.h"
#include "pghaul/serve_link.h"

namespace pghaul::platform {
namespace {

constexpr std::chrono::seconds kBetweenBeats{5};
constexpr std::chrono::hours kForever{24 * 20};
constexpr int kFailed = 1;

int fail(const std::string& why) {
  command::write_fully(STDERR_FILENO, why + "\n");
  return kFailed;
}

/// Finds a user by number or name; nothing: there is none.
std::optional<uid_t> user_of(const std::string& text) {
  if (std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; }))
    return static_cast<uid_t>(std::strtoul(text.c_str(), nullptr, 10));
  const passwd* entry = ::getpwnam(text.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->pw_uid);
}

/// Says every now and then that we are there still, while a request takes its time.
///
/// Threads  writes between its construction and its destruction only.
class Beat {
 public:
  Beat() : thread_([this](const std::stop_token& over) { run(over); }) {}

 private:
  void run(const std::stop_token& over) {
    std::unique_lock lock(mutex_);
    while (!bell_.wait_for(lock, over, kBetweenBeats, [&] { return over.stop_requested(); }))
      (void)send_message(STDOUT_FILENO, {});
  }

  std::mutex mutex_;
  std::condition_variable_any bell_;
  std::jthread thread_;
};

Result<std::string> answer_with_beat(const HostMessage& request) {
  const Beat beat;
  return answer(request);
}

int serve_requests() {
  if (!send_message(STDOUT_FILENO, {"pghaulctl serve-host", pghaul_version()})) return kFailed;
  MessageReader requests(STDIN_FILENO);
  while (const auto request = requests.next(kForever)) {
    const auto answered = answer_with_beat(*request);
    const HostMessage reply = answered ? HostMessage{"done", *answered}
                                       : HostMessage{"failed", std::to_string(answered.error().status),
                                                     answered.error().message, answered.error().hint};
    if (!send_message(STDOUT_FILENO, reply)) return kFailed;
  }
  return 0;
}

int connect_by_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::ranges::copy(path, address.sun_path);
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made >= 0 && ::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0)
    return made;
  const int reason = errno;
  ::close(made);
  errno = reason;
  return -1;
}

int connect_by_name(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  errno = EADDRNOTAVAIL;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return -1;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    const int made = ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
    if (made >= 0 && ::connect(made, one->ai_addr, one->ai_addrlen) == 0) return made;
    const int reason = errno;
    ::close(made);
    errno = reason;
  }
  return -1;
}

/// Carries bytes until either end is closed.
void carry(int from, int to) {
  std::array<char, 65536> part;
  for (;;) {
    const ssize_t got = ::read(from, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || !command::write_fully(to, {part.data(), static_cast<std::size_t>(got)})) return;
  }
}

/// Peer authentication asks who connects, so the connection is made as that user.
int serve_connection(const std::string& host, const std::string& port, const std::string& user) {
  const ActingAs acting(user_of(user));
  const bool by_socket = host.starts_with('/');
  const std::string where = by_socket ? host + "/.s.PGSQL." + port : host + ":" + port;
  const int server = by_socket ? connect_by_socket(where) : connect_by_name(host, port);
  if (server < 0)
    return fail(
        fmt::format("cannot connect to {}: {}; is the server running there?", where, std::strerror(errno)));
  std::thread([server] {
    carry(STDIN_FILENO, server);
    ::shutdown(server, SHUT_WR);
  }).detach();
  carry(server, STDOUT_FILENO);
  ::_exit(0);  // the other direction may wait for its input for ever
}

}  // namespace

/// ssh starts us in root's home, which the clusters' owners may not enter.
int serve_host(const std::vector<std::string>& arguments) {
  if (::chdir("/") != 0) return fail(fmt::format("cannot enter /: {}", std::strerror(errno)));
  if (arguments.empty()) return serve_requests();
  if (arguments.size() == 4 && arguments[0] == "connect")
    return serve_connection(arguments[1], arguments[2], arguments[3]);
  if (arguments.size() == 3 && arguments[0] == "as" && arguments[2] == "serve-link") {
    const ActingAs acting(user_of(arguments[1]));
    return command::serve_link();
  }
  return fail("serve-host is what pghaulctl runs on another host");
}

}  // namespace pghaul::platform
