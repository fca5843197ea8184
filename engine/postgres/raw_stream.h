#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <optional>
#include <span>

#include "base/error.h"

namespace pghaul::postgres {

/// The bytes of an open connection below libpq and above whatever encrypts it. Only while libpq itself has
/// nothing to read or to send: before the first statement, or after the last result of one.
///
/// Ownership  none of the connection, which must outlive it.
/// Threads    one at a time.
/// Errors     connection_lost.
/// Source     PostgreSQL manual, libpq, PQsslStruct(), PQgssEncInUse().
class RawStream {
 public:
  /// Nothing: libpq does not let go of what GSSAPI, or another library than OpenSSL, encrypts.
  [[nodiscard]] static std::optional<RawStream> of(PGconn* handle);

  /// What has come, without waiting: nothing when that is nothing; of size 0: the server has closed it.
  [[nodiscard]] Result<std::optional<std::size_t>> read(std::span<std::byte> bytes);
  /// How many of them the connection took, without waiting.
  [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> bytes);
  /// Bytes that can be read although the socket has none.
  [[nodiscard]] bool has_read_ahead() const;

 private:
  RawStream(int socket, void* tls) : socket_(socket), tls_(tls) {}

  int socket_;
  void* tls_;  // OpenSSL's; nullptr: not encrypted
};

}  // namespace pghaul::postgres
