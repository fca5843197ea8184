#pragma once

#include <cstddef>
#include <span>

#include "base/error.h"

namespace pghaul::transport {

/// Takes bytes in order, into a file or a pipe.
class ByteOutput {
 public:
  virtual ~ByteOutput() = default;
  /// Writes all of them.
  [[nodiscard]] virtual Status write(std::span<const std::byte> bytes) = 0;
};

}  // namespace pghaul::transport
