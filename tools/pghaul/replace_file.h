#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace pghaul::command {

/// Replaces a file, or makes it, in one step: whoever reads it sees the old contents or the new. Returns 0,
/// or the errno of what failed; then the file is as it was.
[[nodiscard]] int replace_file(const std::string& path, std::string_view contents, mode_t mode = 0600);

}  // namespace pghaul::command
