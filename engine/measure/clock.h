#pragma once

#include <string>

namespace pghaul::measure {

/// Now, as reports write it: "2026-11-22T15:00:00Z".
[[nodiscard]] std::string utc_now();
/// Now, as events write it: "2026-11-22T15:00:00.123Z".
[[nodiscard]] std::string utc_now_in_milliseconds();

}  // namespace pghaul::measure
