#include "verify/digest.h"

#include <fmt/format.h>

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

}  // namespace pghaul::verify
