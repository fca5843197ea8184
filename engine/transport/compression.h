#pragma once

#include <optional>
#include <string>

#include "base/error.h"

namespace pghaul::transport {

/// The effort of compression: adapted while running, or a level, or none.
struct Compression {
  std::optional<int> level;  // zstd's; FrameEncoder::kStore: none; nothing: adapted while running

  /// Reads "auto", "none", or a level of zstd from 1 to 19.
  [[nodiscard]] static Result<Compression> parse(const std::string& text);
  /// Renders a text that parse() reads as the same.
  [[nodiscard]] std::string text() const;
};

}  // namespace pghaul::transport
