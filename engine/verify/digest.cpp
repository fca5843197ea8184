#include "verify/digest.h"

#include <fmt/format.h>

#include <charconv>

namespace pghaul::verify {

Digest& Digest::operator+=(const Digest& other) noexcept {
  rows += other.rows;
  bytes += other.bytes;
  sum_low += other.sum_low;
  const std::uint64_t carry = sum_low < other.sum_low ? 1 : 0;
  sum_high += other.sum_high + carry;
  return *this;
}

std::string Digest::hex() const {
  return fmt::format("{:016x}{:016x}", sum_high, sum_low);
}

bool Digest::set_hex(std::string_view digits) noexcept {
  constexpr std::size_t kHalf = 16;
  if (digits.size() != 2 * kHalf) return false;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  const char* middle = digits.data() + kHalf;
  const char* end = middle + kHalf;
  if (std::from_chars(digits.data(), middle, high, kHalf).ptr != middle) return false;
  if (std::from_chars(middle, end, low, kHalf).ptr != end) return false;
  sum_high = high;
  sum_low = low;
  return true;
}

}  // namespace pghaul::verify
