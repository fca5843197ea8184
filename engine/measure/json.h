#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace pghaul::measure {

/// Compact text; bytes that aren't UTF-8 (names in other encodings) become U+FFFD rather than a failure.
[[nodiscard]] std::string as_text(const nlohmann::json& value);
/// Seconds to the millisecond: what a reader of JSON can use.
[[nodiscard]] double rounded(double seconds) noexcept;

}  // namespace pghaul::measure
