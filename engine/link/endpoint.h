#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/error.h"

namespace pghaul::link {

/// Where a channel's bytes come out and go in: a server's connection, or libpq's.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  [[nodiscard]] virtual int socket() const = 0;
  /// What has come, without waiting: nothing when that is nothing; 0 bytes: closed.
  [[nodiscard]] virtual Result<std::optional<std::size_t>> read(std::span<std::byte> bytes) = 0;
  /// How many were taken, without waiting.
  [[nodiscard]] virtual Result<std::size_t> write(std::span<const std::byte> bytes) = 0;
  /// Bytes that can be read although the socket has none.
  [[nodiscard]] virtual bool has_read_ahead() const { return false; }
  /// The other half asks to give up what is going on.
  virtual void cancel() {}
};

}  // namespace pghaul::link
