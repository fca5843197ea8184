#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace pghaul::measure {

/// Renders compact text; bytes that aren't UTF-8 (names in other encodings) become U+FFFD rather than a
/// failure.
[[nodiscard]] std::string as_text(const nlohmann::json& value);
/// Rounds seconds to milliseconds, the precision of reports and events.
[[nodiscard]] double rounded(double seconds) noexcept;

}  // namespace pghaul::measure
