#pragma once

#include <cstdint>
#include <string>

namespace pghaul::command {

/// Renders "999 B", "1.23 GB": powers of 1000, three digits.
[[nodiscard]] std::string show_bytes(double bytes);
/// Renders "1,234,567".
[[nodiscard]] std::string show_count(std::uint64_t count);
/// Renders "1 table", "1,200 tables".
[[nodiscard]] std::string show_count(std::uint64_t count, const char* one, const char* many);
/// Renders "0.04 s", "12.3 s", "3 min 25 s", "2 h 03 min".
[[nodiscard]] std::string show_seconds(double seconds);
/// Renders "6.0 s to 44.0 s".
[[nodiscard]] std::string show_range(double low, double high);
/// Renders "0:42", "1:03:20", for running clocks.
[[nodiscard]] std::string show_clock(double seconds);

}  // namespace pghaul::command
