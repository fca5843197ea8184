#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace pghaul::verify {

/// Sizes, by column of a row of COPY text, of the floating-point numbers in it: 4 or 8 bytes; 0: the column
/// has none.
using FloatColumns = std::vector<std::uint8_t>;

/// Rewrites a row of COPY text with each number of such columns in its shortest form. PostgreSQL before 12
/// wrote 0.1 as 0.10000000000000001, since then it writes 0.1: the same number, and here the same text.
/// Source  PostgreSQL 12 release notes, "extra_float_digits".
void shorten_floats(std::span<const std::byte> row, const FloatColumns& columns, std::string& shortened);

}  // namespace pghaul::verify
