#include "postgres/raw_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>

namespace pghaul::postgres {
namespace {

tl::unexpected<Error> broken(const std::string& why) {
  return fail(ErrorCode::connection_lost, "the connection to the server broke: " + why);
}

tl::unexpected<Error> broken_by_tls(SSL* tls, int result) {
  const int saved = errno;
  const int kind = SSL_get_error(tls, result);
  if (kind == SSL_ERROR_SYSCALL) return broken(saved == 0 ? "it was closed" : std::strerror(saved));
  const char* reason = ERR_reason_error_string(ERR_get_error());
  return broken(reason == nullptr ? "TLS failed" : reason);
}

bool would_wait(SSL* tls, int result) {
  const int kind = SSL_get_error(tls, result);
  return kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE;
}

int as_int(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

}  // namespace

std::optional<RawStream> RawStream::of(PGconn* handle) {
  void* tls = PQsslStruct(handle, "OpenSSL");
  if (PQgssEncInUse(handle) != 0 || (PQsslInUse(handle) != 0 && tls == nullptr)) return std::nullopt;
  if (tls != nullptr) {
    SSL_set_mode(static_cast<SSL*>(tls), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  return RawStream(PQsocket(handle), tls);
}

Result<std::optional<std::size_t>> RawStream::read(std::span<std::byte> bytes) {
  if (tls_ != nullptr) {
    auto* tls = static_cast<SSL*>(tls_);
    ERR_clear_error();
    errno = 0;
    const int got = SSL_read(tls, bytes.data(), as_int(bytes.size()));
    if (got > 0) return static_cast<std::size_t>(got);
    if (would_wait(tls, got)) return std::nullopt;
    if (SSL_get_error(tls, got) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
    return broken_by_tls(tls, got);
  }
  for (;;) {
    const ssize_t got = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
    if (errno != EINTR) return broken(std::strerror(errno));
  }
}

Result<std::size_t> RawStream::write(std::span<const std::byte> bytes) {
  if (tls_ != nullptr) {
    auto* tls = static_cast<SSL*>(tls_);
    ERR_clear_error();
    errno = 0;
    const int took = SSL_write(tls, bytes.data(), as_int(bytes.size()));
    if (took > 0) return static_cast<std::size_t>(took);
    if (would_wait(tls, took)) return std::size_t{0};
    return broken_by_tls(tls, took);
  }
  for (;;) {
    const ssize_t took = send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (took >= 0) return static_cast<std::size_t>(took);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::size_t{0};
    if (errno != EINTR) return broken(std::strerror(errno));
  }
}

bool RawStream::has_read_ahead() const {
  return tls_ != nullptr && SSL_pending(static_cast<SSL*>(tls_)) > 0;
}

}  // namespace pghaul::postgres
