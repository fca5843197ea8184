#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace pghaul::archive {

/// JSON holds UTF-8 only, but names in a database of encoding SQL_ASCII may be any bytes: what isn't UTF-8
/// becomes {"hex": "…"}.
[[nodiscard]] nlohmann::ordered_json text_as_json(const std::string& text);
/// Nothing if it is neither.
[[nodiscard]] std::optional<std::string> text_of_json(const nlohmann::json& value);

}  // namespace pghaul::archive
