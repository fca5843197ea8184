#pragma once

#include <cstddef>

#include "changes/message.h"

namespace pghaul::follow {

/// Returns the bytes of a row's texts.
[[nodiscard]] inline std::size_t bytes_of(changes::Row row) {
  std::size_t bytes = 0;
  for (const changes::Value& value : row) bytes += value.text.size();
  return bytes;
}

[[nodiscard]] inline std::size_t bytes_of(const changes::Insert& insert) {
  return bytes_of(insert.row);
}
[[nodiscard]] inline std::size_t bytes_of(const changes::Update& update) {
  return bytes_of(update.old) + bytes_of(update.row);
}
[[nodiscard]] inline std::size_t bytes_of(const changes::Delete& removed) {
  return bytes_of(removed.old);
}

/// Tells whether a change is so large that it is applied by itself, from where it was received: copies of it
/// would take more memory than all else.
template <typename Change>
[[nodiscard]] bool is_large(const Change& change) {
  constexpr std::size_t kLarge = std::size_t{1} << 20;
  return bytes_of(change) >= kLarge;
}

}  // namespace pghaul::follow
