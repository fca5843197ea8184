#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "style.h"

namespace pghaul::command {

/// Returns how many columns of a terminal `text` takes: escaped text, and tones, which take none.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// Shortens `text`, which has no tones, to at most `columns`, with a mark where something is missing.
[[nodiscard]] std::string cut(std::string_view text, std::size_t columns, const Style& style);

/// Splits `text` into lines of at most `columns`; a longer word has a line of its own.
[[nodiscard]] std::vector<std::string> wrap(const std::string& text, std::size_t columns);

[[nodiscard]] std::string to_the_left(std::string_view text, std::size_t columns);
[[nodiscard]] std::string to_the_right(std::string_view text, std::size_t columns);

}  // namespace pghaul::command
