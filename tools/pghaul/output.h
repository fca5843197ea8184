#pragma once

#include <string_view>

namespace pghaul::command {

/// Writes all of `text`; otherwise false, with errno.
bool write_fully(int descriptor, std::string_view text);

}  // namespace pghaul::command
