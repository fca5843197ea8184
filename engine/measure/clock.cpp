#include "measure/clock.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <ctime>

namespace pghaul::measure {
namespace {

std::string without_zone(std::time_t seconds) {
  std::tm broken_down{};
  gmtime_r(&seconds, &broken_down);
  std::array<char, sizeof "2026-01-01T00:00:00"> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &broken_down);
  return text.data();
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

}  // namespace pghaul::measure
