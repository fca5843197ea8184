#include "link/listening_socket.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace pghaul::link {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "pghaul-link-";

tl::unexpected<Error> no_socket(const std::string& why) {
  return fail(ErrorCode::system, "cannot make a socket for the link: " + why,
              "set TMPDIR to a folder with a short name in which you may write");
}

/// Returns the path at which libpq looks for the socket.
std::string socket_path(const std::string& folder) {
  return fmt::format("{}/.s.PGSQL.{}", folder, ListeningSocket::kPort);
}

/// Returns the address of a path; nothing where that is too long for one.
std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  path.copy(address.sun_path, path.size());
  return address;
}

bool is_listened_to(const std::string& path) {
  const std::optional<sockaddr_un> address = address_of(path);
  if (!address) return true;
  const int asking = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const bool nobody = asking >= 0 &&
                      connect(asking, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 &&
                      (errno == ECONNREFUSED || errno == ENOENT);
  if (asking >= 0) close(asking);
  return !nobody;
}

/// Removes folders of our own that killed runs left. Young ones stay: their socket may be about to come.
void remove_leftovers(const fs::path& temporary) {
  constexpr std::chrono::minutes kYoung{1};
  std::error_code error;
  std::vector<fs::path> old;
  for (fs::directory_iterator entry(temporary, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    struct stat info {};
    const fs::path path = entry->path();
    if (!path.filename().string().starts_with(kFolder) || lstat(path.c_str(), &info) != 0) continue;
    if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid()) continue;
    if (std::chrono::system_clock::now() - std::chrono::system_clock::from_time_t(info.st_mtime) > kYoung)
      old.push_back(path);
  }
  for (const fs::path& path : old) {
    if (is_listened_to(socket_path(path))) continue;
    fs::remove(socket_path(path), error);
    fs::remove(path, error);  // succeeds only for an empty one
  }
}

}  // namespace

Result<ListeningSocket> ListeningSocket::open() {
  std::error_code unusable;
  const fs::path temporary = fs::temp_directory_path(unusable);
  if (unusable) return no_socket(unusable.message());
  remove_leftovers(temporary);
  std::string folder = temporary / (std::string(kFolder) + "XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) return no_socket(std::strerror(errno));
  ListeningSocket made(std::move(folder), socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string path = socket_path(made.folder_);
  const std::optional<sockaddr_un> address = address_of(path);
  if (!address) return no_socket("the name " + path + " is too long");
  constexpr int kWaiting = 64;
  if (made.descriptor_ < 0 ||
      bind(made.descriptor_, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      listen(made.descriptor_, kWaiting) != 0) {
    return no_socket(std::strerror(errno));
  }
  return made;
}

ListeningSocket::ListeningSocket(std::string folder, int descriptor)
    : folder_(std::move(folder)), descriptor_(descriptor) {}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), descriptor_(std::exchange(other.descriptor_, -1)) {}

ListeningSocket::~ListeningSocket() {
  if (descriptor_ >= 0) close(descriptor_);
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

std::optional<int> ListeningSocket::accept(std::chrono::milliseconds within) const {
  pollfd wait{descriptor_, POLLIN, 0};
  if (poll(&wait, 1, static_cast<int>(within.count())) <= 0) return std::nullopt;
  const int connection = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
  return connection < 0 ? std::nullopt : std::optional(connection);
}

}  // namespace pghaul::link
