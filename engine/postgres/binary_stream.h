#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace pghaul::postgres {

/// Returns what follows the stream's header in the first message of COPY BINARY; nothing: this is not COPY
/// BINARY. Source  PostgreSQL manual, page COPY, "Binary Format".
[[nodiscard]] std::optional<std::span<const std::byte>> without_header(
    std::span<const std::byte> message) noexcept;
/// Recognizes the message that ends the stream.
[[nodiscard]] bool is_trailer(std::span<const std::byte> message) noexcept;

}  // namespace pghaul::postgres
