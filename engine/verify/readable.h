#pragma once

#include <string>
#include <string_view>

namespace pghaul::verify {

/// SQL that a server has written with quote_all_identifiers, for people: quotes are left where a name needs
/// them.
[[nodiscard]] std::string readable(std::string_view sql);

}  // namespace pghaul::verify
