#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/error.h"

namespace pghaul::link {

/// The end of a channel, where its bytes come out and go in: a server's connection, or libpq's.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  [[nodiscard]] virtual int socket() const = 0;
  /// Reads what has come, without waiting: nothing when there is none; 0 bytes: closed.
  [[nodiscard]] virtual Result<std::optional<std::size_t>> read(std::span<std::byte> bytes) = 0;
  /// Writes without waiting; returns how many bytes were taken.
  [[nodiscard]] virtual Result<std::size_t> write(std::span<const std::byte> bytes) = 0;
  /// Tells whether bytes can be read although the socket has none.
  [[nodiscard]] virtual bool has_read_ahead() const { return false; }
  /// Cancels what is going on, as the other half asks.
  virtual void cancel() {}
};

}  // namespace pghaul::link
