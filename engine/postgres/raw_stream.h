#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <optional>
#include <span>

#include "base/error.h"

namespace pghaul::postgres {

/// The bytes of an open connection below libpq and above whatever encrypts it. To be used only while libpq
/// itself has nothing to read or to send: before the first statement, or after the last result of one.
///
/// Ownership  none of the connection, which must outlive it.
/// Threads    one at a time.
/// Errors     connection_lost.
/// Source     PostgreSQL manual, libpq, PQsslStruct(), PQgssEncInUse().
class RawStream {
 public:
  /// Returns nothing where libpq gives no access: GSSAPI, or another library than OpenSSL, encrypts.
  [[nodiscard]] static std::optional<RawStream> of(PGconn* handle);

  /// Reads what has come, without waiting: nothing when there is none; 0: the server has closed the
  /// connection.
  [[nodiscard]] Result<std::optional<std::size_t>> read(std::span<std::byte> bytes);
  /// Writes without waiting; returns how many of the bytes the connection took.
  [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> bytes);
  /// Tells whether bytes can be read although the socket has none.
  [[nodiscard]] bool has_read_ahead() const;

 private:
  RawStream(int socket, void* tls) : socket_(socket), tls_(tls) {}

  int socket_;
  void* tls_;  // OpenSSL's; nullptr: not encrypted
};

}  // namespace pghaul::postgres
