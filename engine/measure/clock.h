#pragma once

#include <string>

namespace pghaul::measure {

/// Returns the present time as reports write it: "2026-11-22T15:00:00Z".
[[nodiscard]] std::string utc_now();
/// Returns the present time as events write it: "2026-11-22T15:00:00.123Z".
[[nodiscard]] std::string utc_now_in_milliseconds();
/// Returns the seconds between two times that utc_now() wrote; 0 where one is no such time, or the order is
/// wrong.
[[nodiscard]] double seconds_between(const std::string& earlier, const std::string& later);

}  // namespace pghaul::measure
