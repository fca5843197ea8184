#pragma once

#include <string>

namespace pghaul::measure {

/// Now, as reports write it: "2026-11-22T15:00:00Z".
[[nodiscard]] std::string utc_now();
/// Now, as events write it: "2026-11-22T15:00:00.123Z".
[[nodiscard]] std::string utc_now_in_milliseconds();
/// From one time to another, both as utc_now() writes them; 0 where one is not, or the later is not.
[[nodiscard]] double seconds_between(const std::string& earlier, const std::string& later);

}  // namespace pghaul::measure
