#pragma once

#include <string>
#include <string_view>

#include "style.h"

namespace pghaul::command {

/// Makes a name or text from elsewhere safe to show in one line: whatever could move the cursor, break the
/// line, hide or reorder text is shown by its number, and so is what isn't ASCII where the terminal has no
/// Unicode.
[[nodiscard]] std::string escape(std::string_view text, const Style& style);

/// Does the same for a message of several lines: they stay lines, but are indented, so that none passes for
/// one of ours.
[[nodiscard]] std::string escape_lines(std::string_view text, const Style& style);

}  // namespace pghaul::command
