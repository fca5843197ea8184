#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "style.h"

namespace pghaul::command {

/// How many columns of a terminal `text` takes: escaped text, and tones, which take none.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// `text`, which has no tones, or its beginning with a mark that something is missing, in at most `columns`.
[[nodiscard]] std::string cut(std::string_view text, std::size_t columns, const Style& style);

/// The words of `text` in lines of at most `columns`; a longer word has a line of its own.
[[nodiscard]] std::vector<std::string> wrap(const std::string& text, std::size_t columns);

[[nodiscard]] std::string to_the_left(std::string_view text, std::size_t columns);
[[nodiscard]] std::string to_the_right(std::string_view text, std::size_t columns);

}  // namespace pghaul::command
