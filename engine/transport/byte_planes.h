#pragma once

#include <cstddef>
#include <span>

/// Numbers of two, four or eight bytes, the high byte first, as COPY's binary format has them, with the first
/// bytes of all of them standing together, then the second ones, and so on. High bytes are much alike, which
/// zstd makes more of than of numbers as they are, in less time.
namespace pghaul::transport {

/// What stands there of each number: itself, or how far it is from the one before, of either sign, as 2 n or
/// -2 n - 1. Numbers that rise, such as keys and times, differ by less than they are.
enum class Numbers { themselves, differences };

[[nodiscard]] bool can_be_split(std::size_t width) noexcept;
/// The one of both that leaves more bytes as they are in the number before.
[[nodiscard]] Numbers better_split(std::span<const std::byte> values, std::size_t width) noexcept;
/// `values` are numbers of `width`, for which can_be_split(); `planes` has as many bytes, and none of theirs.
void split(std::span<const std::byte> values, std::size_t width, Numbers numbers,
           std::span<std::byte> planes) noexcept;
/// What split() was given.
void join(std::span<const std::byte> planes, std::size_t width, Numbers numbers,
          std::span<std::byte> values) noexcept;

}  // namespace pghaul::transport
