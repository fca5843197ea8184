#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace pghaul::verify {

/// Of each column of a row of COPY text: 4 or 8, the bytes of the floating-point numbers in it; 0: it has
/// none.
using FloatColumns = std::vector<std::uint8_t>;

/// Writes a row of COPY text anew with each number of such columns in its shortest form. Before PostgreSQL 12
/// 0.1 was written 0.10000000000000001, since then 0.1: the same number, and here the same text.
/// Source  PostgreSQL 12 release notes, "extra_float_digits".
void shorten_floats(std::span<const std::byte> row, const FloatColumns& columns, std::string& shortened);

}  // namespace pghaul::verify
