#include "measure/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <optional>

namespace pghaul::measure {
namespace {

std::string without_zone(std::time_t seconds) {
  std::tm broken_down{};
  gmtime_r(&seconds, &broken_down);
  std::array<char, sizeof "2026-01-01T00:00:00"> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &broken_down);
  return text.data();
}

std::optional<std::time_t> parsed(const std::string& text) {
  std::tm broken_down{};
  const char* const end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &broken_down);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return timegm(&broken_down);
}

}  // namespace

std::string utc_now() {
  return without_zone(std::time(nullptr)) + "Z";
}

std::string utc_now_in_milliseconds() {
  using namespace std::chrono;
  const auto now = time_point_cast<milliseconds>(system_clock::now());
  const auto whole = floor<seconds>(now);
  return fmt::format("{}.{:03}Z", without_zone(system_clock::to_time_t(whole)), (now - whole).count());
}

double seconds_between(const std::string& earlier, const std::string& later) {
  const std::optional<std::time_t> from = parsed(earlier);
  const std::optional<std::time_t> to = parsed(later);
  return from && to ? std::max(0.0, std::difftime(*to, *from)) : 0;
}

}  // namespace pghaul::measure
