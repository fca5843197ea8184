#pragma once

#include <string>
#include <string_view>

namespace pghaul::verify {

/// Renders SQL that a server has written with quote_all_identifiers for people: quotes stay only where a name
/// needs them.
[[nodiscard]] std::string readable(std::string_view sql);

}  // namespace pghaul::verify
