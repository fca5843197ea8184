#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"

namespace pghaul::transport {

/// Bytes in order, from a file or a pipe.
class ByteInput {
 public:
  virtual ~ByteInput() = default;
  /// Fills `bytes` as far as there are any; fewer only at the end.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> bytes) = 0;
  /// Names the input in errors.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
};

}  // namespace pghaul::transport
