#pragma once

#include <string>
#include <string_view>

namespace pghaul::command {

/// The capabilities of one of the standard streams.
struct Style {
  bool terminal = false;
  bool unicode = false;  // characters beyond ASCII
  bool color = false;
};

/// Detects them from the stream, the locale (after setlocale()), TERM and NO_COLOR.
[[nodiscard]] Style style_of(int descriptor);

/// The size of a terminal's window right now; 80 by 24 where there is none.
struct WindowSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};
[[nodiscard]] WindowSize window_size(int descriptor);

enum class Tone { strong, faint, good, careful, bad };

/// `text` in that tone where the style has colors, else as it is.
[[nodiscard]] std::string toned(std::string_view text, Tone tone, const Style& style);

}  // namespace pghaul::command
