#pragma once

#include <cstddef>
#include <span>

/// Splits numbers of two, four or eight bytes, the high byte first as in COPY's binary format, into planes:
/// the first bytes of all of them, then the second ones, and so on. High bytes are much alike, which zstd
/// compresses better than whole numbers, in less time.
namespace pghaul::transport {

/// The value that stands for each number: itself, or its difference from the one before, of either sign, as 2
/// n or -2 n - 1. Numbers that rise, such as keys and times, differ by less than they are.
enum class Numbers { themselves, differences };

[[nodiscard]] bool can_be_split(std::size_t width) noexcept;
/// Returns the one of both that leaves more bytes equal to those of the number before.
[[nodiscard]] Numbers better_split(std::span<const std::byte> values, std::size_t width) noexcept;
/// Splits `values`, numbers of `width` for which can_be_split(); `planes` has as many bytes, and shares none
/// with them.
void split(std::span<const std::byte> values, std::size_t width, Numbers numbers,
           std::span<std::byte> planes) noexcept;
/// Restores what split() was given.
void join(std::span<const std::byte> planes, std::size_t width, Numbers numbers,
          std::span<std::byte> values) noexcept;

}  // namespace pghaul::transport
