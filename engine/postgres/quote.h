#pragma once

#include <string>
#include <string_view>

namespace pghaul::postgres {

/// An identifier as SQL takes it anywhere: always in double quotes. The only place that quotes names.
[[nodiscard]] std::string quote(std::string_view identifier);
/// "schema"."name".
[[nodiscard]] std::string quote(std::string_view schema, std::string_view name);
/// A string literal, right under any setting of standard_conforming_strings.
[[nodiscard]] std::string quote_literal(std::string_view text);

}  // namespace pghaul::postgres
