#pragma once

#include <string>
#include <string_view>

namespace pghaul::postgres {

/// Quotes an identifier so that SQL takes it anywhere: always in double quotes. The only place that quotes
/// names.
[[nodiscard]] std::string quote(std::string_view identifier);
/// Returns "schema"."name".
[[nodiscard]] std::string quote(std::string_view schema, std::string_view name);
/// Quotes a string literal, right under any setting of standard_conforming_strings.
[[nodiscard]] std::string quote_literal(std::string_view text);

}  // namespace pghaul::postgres
