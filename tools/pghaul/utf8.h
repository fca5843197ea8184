#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pghaul::command {

/// One character of a UTF-8 text and how many bytes it takes; without `value`, the byte is part of none.
struct Character {
  std::optional<char32_t> value;
  std::size_t bytes = 1;
};

/// Returns the character that `text`, which isn't empty, begins with. Surrogates and overlong forms are none.
[[nodiscard]] Character first_character(std::string_view text);

}  // namespace pghaul::command
