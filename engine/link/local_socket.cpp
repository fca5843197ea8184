#include "link/local_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "link/sign_in.h"

namespace pghaul::link {
namespace {

constexpr int kTimeoutMilliseconds = 10'000;  // time limit for a client that is no other than ourselves

tl::unexpected<Error> gone(const char* why) {
  return fail(ErrorCode::connection_lost, std::string("the connection within this machine broke: ") + why);
}

bool comes(int descriptor, short events) {
  pollfd socket{descriptor, events, 0};
  int ready = 0;
  do {
    ready = poll(&socket, 1, kTimeoutMilliseconds);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace

LocalSocket::~LocalSocket() {
  close(descriptor_);
}

Result<std::optional<std::size_t>> LocalSocket::read(std::span<std::byte> bytes) {
  for (;;) {
    const ssize_t got = recv(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
    if (errno != EINTR) return gone(std::strerror(errno));
  }
}

Result<std::size_t> LocalSocket::write(std::span<const std::byte> bytes) {
  for (;;) {
    const ssize_t took = ::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (took >= 0) {
      std::span<const std::byte> passed = bytes.first(static_cast<std::size_t>(took));
      while (!passed.empty()) (void)scan_.next(passed);
      return static_cast<std::size_t>(took);
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::size_t{0};
    if (errno != EINTR) return gone(std::strerror(errno));
  }
}

Status LocalSocket::read_all(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const Result<std::optional<std::size_t>> got = read(bytes);
    if (!got) return fail(got.error());
    if (*got && **got == 0) return gone("it was closed");
    if (!*got && !comes(descriptor_, POLLIN)) return gone("it stopped responding");
    bytes = bytes.subspan(got->value_or(0));
  }
  return {};
}

Status LocalSocket::write_all(std::string_view text) {
  std::span<const std::byte> bytes = std::as_bytes(std::span(text));
  while (!bytes.empty()) {
    const Result<std::size_t> took = write(bytes);
    if (!took) return fail(took.error());
    if (*took == 0 && !comes(descriptor_, POLLOUT)) return gone("it stopped responding");
    bytes = bytes.subspan(*took);
  }
  return {};
}

Status LocalSocket::decline() {
  if (send(descriptor_, "N", 1, MSG_NOSIGNAL) == 1) return {};
  return gone(std::strerror(errno));
}

void LocalSocket::send_fatal(const Error& error) {
  if (scan_.at_boundary()) (void)write_all(error_message(error));
}

}  // namespace pghaul::link
