#include "quantities.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pghaul::command {

namespace {

/// Renders three digits; a value that rounds to 10 or 100 has a digit less behind the point.
std::string three_digits(double value) {
  if (value < 9.995) return fmt::format("{:.2f}", value);
  if (value < 99.95) return fmt::format("{:.1f}", value);
  return fmt::format("{:.0f}", value);
}

std::uint64_t whole(double seconds) {
  return static_cast<std::uint64_t>(std::llround(std::max(0.0, seconds)));
}

}  // namespace

std::string show_bytes(double bytes) {
  constexpr std::array kUnits{"B", "kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{:.0f} B", std::max(0.0, bytes));
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{} {}", three_digits(bytes), kUnits[unit]);
}

std::string show_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string show_count(std::uint64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", show_count(count), count == 1 ? one : many);
}

std::string show_seconds(double seconds) {
  if (seconds < 0.995) return fmt::format("{:.2f} s", std::max(0.0, seconds));
  if (seconds < 119.95) return fmt::format("{:.1f} s", seconds);
  const std::uint64_t all = whole(seconds);
  if (all < 3600) return fmt::format("{} min {:02} s", all / 60, all % 60);
  const std::uint64_t minutes = (all + 30) / 60;
  return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
}

std::string show_range(double low, double high) {
  return show_seconds(low) + " to " + show_seconds(high);
}

std::string show_clock(double seconds) {
  const std::uint64_t all = whole(seconds);
  if (all < 3600) return fmt::format("{}:{:02}", all / 60, all % 60);
  return fmt::format("{}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60);
}

}  // namespace pghaul::command
