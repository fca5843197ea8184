#pragma once

#include <optional>
#include <string>

#include "base/error.h"

namespace pghaul::transport {

/// How much work compression may be: found while running, or a level, or none.
struct Compression {
  std::optional<int> level;  // of zstd; FrameEncoder::kStore: none; nothing: found while running

  /// "auto", "none", or a level of zstd from 1 to 19.
  [[nodiscard]] static Result<Compression> parse(const std::string& text);
  /// From which parse() makes the same.
  [[nodiscard]] std::string text() const;
};

}  // namespace pghaul::transport
