#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace pghaul::postgres {

/// What of the first message of COPY BINARY stands behind the stream's header; nothing: this is not COPY
/// BINARY. Source  PostgreSQL manual, page COPY, "Binary Format".
[[nodiscard]] std::optional<std::span<const std::byte>> without_header(
    std::span<const std::byte> message) noexcept;
/// The message that ends the stream.
[[nodiscard]] bool is_trailer(std::span<const std::byte> message) noexcept;

}  // namespace pghaul::postgres
