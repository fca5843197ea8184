#include "reach.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <regex>
#include <system_error>

#include "acting_as.h"
#include "host.h"
#include "server.h"

namespace pghaul::platform {
namespace {

constexpr std::chrono::seconds kLongestSignIn{30};

std::string error_of(PGconn* handle) {
  std::string text = PQerrorMessage(handle);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::optional<uid_t> user_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; }))
    return static_cast<uid_t>(std::strtoul(text.c_str(), nullptr, 10));
  const passwd* entry = ::getpwnam(text.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->pw_uid);
}

Reached reach_here(const std::string& connection_string, const std::string& user) {
  const ActingAs owner(user_of(user));
  Reached reached;
  reached.connection.reset(PQconnectdb(connection_string.c_str()));
  if (PQstatus(reached.connection.get()) != CONNECTION_OK)
    reached.problem = error_of(reached.connection.get());
  return reached;
}

/// What a connection string says of the place, and all else that it says.
struct Parts {
  std::string host = "/var/run/postgresql";
  std::string port = "5432";
  std::string others;
  bool by_address = false;  // hostaddr
  bool wants_tls = false;
};

/// Refuses what a connection that is carried can't have: for libpq it is a local socket.
std::string objection_to(const Parts& parts) {
  if (parts.by_address)
    return "hostaddr is of no use for a server on another host: give its address as host, as it is there";
  if (parts.wants_tls && !parts.host.starts_with('/'))
    return "a connection that is carried to another host has no TLS from there to the server: leave sslmode "
           "away, or connect to a socket there";
  return {};
}

bool is_tls(const std::string& sslmode) {
  return sslmode == "require" || sslmode == "verify-ca" || sslmode == "verify-full";
}

std::optional<Parts> parts_of(const std::string& connection_string) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(connection_string.c_str(), nullptr), PQconninfoFree);
  if (!options) return std::nullopt;
  Parts parts;
  for (const PQconninfoOption* one = options.get(); one->keyword != nullptr; ++one) {
    if (one->val == nullptr) continue;
    const std::string name = one->keyword;
    if (name == "hostaddr") parts.by_address = true;
    if (name == "sslmode") parts.wants_tls = is_tls(one->val);
    if (name == "host") {
      parts.host = one->val;
    } else if (name == "port") {
      parts.port = one->val;
    } else {
      parts.others += keyword(name, one->val) + " ";
    }
  }
  return parts;
}

/// Takes the SQLSTATE out of what libpq says of a server's refusal, and the place in the server's source that
/// comes with it; empty: the server has said nothing.
std::string take_sqlstate(std::string& problem) {
  static const std::regex kState(R"(:  ([0-9A-Z]{5}): )");
  static const std::regex kPlace(R"(\n[^\n]+:  \w+, [^\n]+\.c:\d+$)");
  std::smatch found;
  if (!std::regex_search(problem, found, kState)) return {};
  std::string state = found[1];
  problem.erase(static_cast<std::size_t>(found.position(1)), state.size() + 2);
  problem = std::regex_replace(problem, kPlace, "");
  return state;
}

/// A socket in a private folder, on which libpq finds us as it would find a server.
///
/// Ownership  folder and socket are gone when it is destroyed.
class Doorway {
 public:
  explicit Doorway(const std::string& port)
      : folder_(std::filesystem::temp_directory_path() / "pghaulctl.host-XXXXXX"),
        socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0 || ::mkdtemp(folder_.data()) == nullptr) fail();
    path_ = folder_ + "/.s.PGSQL." + port;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    errno = ENAMETOOLONG;
    if (path_.size() >= sizeof(address.sun_path)) fail();
    std::ranges::copy(path_, address.sun_path);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        ::listen(socket_, 1) != 0)
      fail();
  }
  ~Doorway() {
    ::close(socket_);
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
  }
  Doorway(const Doorway&) = delete;
  Doorway& operator=(const Doorway&) = delete;

  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// Returns the connection that libpq has made; -1: it has made none.
  [[nodiscard]] int accept() const {
    pollfd waits{socket_, POLLIN, 0};
    constexpr int kMoment = 1000;
    return ::poll(&waits, 1, kMoment) == 1 ? ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC) : -1;
  }

 private:
  [[noreturn]] static void fail() {
    throw std::system_error(errno, std::generic_category(), "cannot make a socket for a connection");
  }

  std::string folder_;
  std::string path_;
  int socket_;
};

/// Waits until libpq is signed in; false: it failed, or takes too long.
bool sign_in(PGconn* handle) {
  const auto deadline = std::chrono::steady_clock::now() + kLongestSignIn;
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waits{PQsocket(handle), static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (::poll(&waits, 1, static_cast<int>(left.count())) == 0) return false;
    state = PQconnectPoll(handle);
  }
  return state == PGRES_POLLING_OK;
}

Reached reach_there(const std::string& host, const Parts& parts, const std::string& user) {
  Reached reached;
  const auto command = far_command(host, {"connect", parts.host, parts.port, user.empty() ? "-" : user});
  if (!command) {
    reached.problem = command.error().message;
    return reached;
  }
  const Doorway doorway(parts.port);
  const std::string connection =
      parts.others + keyword("host", doorway.folder()) + " " + keyword("port", parts.port);
  reached.connection.reset(PQconnectStart(connection.c_str()));
  PQsetErrorVerbosity(reached.connection.get(), PQERRORS_VERBOSE);
  const int accepted = doorway.accept();
  if (accepted < 0) {
    reached.problem = error_of(reached.connection.get());
    if (reached.problem.empty()) reached.problem = "libpq has not begun to connect";
    return reached;
  }
  auto carrier = RunningCommand::start(*command, accepted);
  ::close(accepted);
  if (!carrier) {
    reached.problem = carrier.error().message;
    return reached;
  }
  reached.carrier = std::move(*carrier);
  if (sign_in(reached.connection.get())) {
    PQsetErrorVerbosity(reached.connection.get(), PQERRORS_DEFAULT);
    return reached;
  }
  reached.problem = error_of(reached.connection.get());
  reached.sqlstate = take_sqlstate(reached.problem);
  reached.connection.reset();
  if (const std::string words = reached.carrier->last_words(); reached.sqlstate.empty())
    reached.problem = words;
  reached.problem = fmt::format("on '{}': {}", host, reached.problem);
  return reached;
}

}  // namespace

void Reached::Finish::operator()(pg_conn* handle) const noexcept {
  PQfinish(handle);
}

Reached reach(const std::string& host, const std::string& connection_string, const std::string& user) {
  if (host.empty()) return reach_here(connection_string, user);
  const auto parts = parts_of(connection_string);
  Reached reached;
  reached.problem = parts ? objection_to(*parts) : "that is no connection string";
  if (!reached.problem.empty()) return reached;
  return reach_there(host, *parts, user);
}

}  // namespace pghaul::platform
