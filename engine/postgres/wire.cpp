#include "postgres/wire.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include "postgres/connect.h"

namespace pghaul::postgres {
namespace {

/// Of which a server tells at the sign-in. Source  PostgreSQL manual, protocol, "Asynchronous Operations".
constexpr std::array kParameters = {"server_version",
                                    "server_encoding",
                                    "client_encoding",
                                    "application_name",
                                    "default_transaction_read_only",
                                    "in_hot_standby",
                                    "is_superuser",
                                    "session_authorization",
                                    "DateStyle",
                                    "IntervalStyle",
                                    "TimeZone",
                                    "integer_datetimes",
                                    "scram_iterations",
                                    "search_path",
                                    "standard_conforming_strings"};

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

Wire::Wire(PGconn* handle)
    : lifeline_(std::make_shared<Lifeline>(handle)),
      handle_(handle, Finish{lifeline_}),
      tls_(PQsslStruct(handle, "OpenSSL")) {}

Result<Wire> Wire::open(const ConnectionString& server, Side side, const std::stop_token& stop) {
  std::map<std::string, std::string> keywords = server.keywords();
  keywords["gssencmode"] = "disable";  // libpq doesn't let go of what that encrypts
  const Result<PGconn*> connected = connect(ConnectionString(std::move(keywords)), side, stop);
  if (!connected) return fail(connected.error());
  Wire wire(*connected);
  if (PQsetnonblocking(*connected, 1) != 0) return broken("it can't be read without waiting");
  if (PQsslInUse(*connected) != 0 && wire.tls_ == nullptr) {
    return fail(ErrorCode::connection_failed, "libpq encrypts by other means than OpenSSL",
                "connect without TLS: sslmode=disable");
  }
  if (wire.tls_ != nullptr) {
    SSL_set_mode(static_cast<SSL*>(wire.tls_),
                 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  return wire;
}

Result<std::optional<std::size_t>> Wire::read(std::span<std::byte> bytes) {
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
    const ssize_t got = recv(socket(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
    if (errno != EINTR) return broken(std::strerror(errno));
  }
}

Result<std::size_t> Wire::write(std::span<const std::byte> bytes) {
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
    const ssize_t took = send(socket(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (took >= 0) return static_cast<std::size_t>(took);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::size_t{0};
    if (errno != EINTR) return broken(std::strerror(errno));
  }
}

bool Wire::has_read_ahead() const {
  return tls_ != nullptr && SSL_pending(static_cast<SSL*>(tls_)) > 0;
}

std::map<std::string, std::string> Wire::parameters() const {
  std::map<std::string, std::string> all;
  for (const char* name : kParameters) {
    const char* value = PQparameterStatus(handle_.get(), name);
    if (value != nullptr) all[name] = value;
  }
  return all;
}

bool Wire::on_this_machine() const {
  return is_on_this_machine(handle_.get());
}

}  // namespace pghaul::postgres
