#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace pghaul::archive {

/// Renders a text as JSON, which holds UTF-8 only; names in a database of encoding SQL_ASCII may be any
/// bytes: what isn't UTF-8 becomes {"hex": "…"}.
[[nodiscard]] nlohmann::ordered_json text_as_json(const std::string& text);
/// Reads either form; nothing if it is neither.
[[nodiscard]] std::optional<std::string> text_of_json(const nlohmann::json& value);

}  // namespace pghaul::archive
