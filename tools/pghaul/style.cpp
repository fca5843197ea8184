#include "style.h"

#include <fmt/format.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace pghaul::command {

namespace {

bool set_and_not_empty(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool moves_its_cursor() {
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb";
}

int code_of(Tone tone) {
  switch (tone) {
    case Tone::strong:
      return 1;
    case Tone::faint:
      return 2;
    case Tone::good:
      return 32;
    case Tone::careful:
      return 33;
    case Tone::bad:
      return 31;
  }
  return 0;
}

}  // namespace

Style style_of(int descriptor) {
  Style style;
  style.terminal = isatty(descriptor) == 1 && moves_its_cursor();
  style.unicode = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  style.color = style.terminal && !set_and_not_empty("NO_COLOR");
  return style;
}

WindowSize window_size(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

std::string toned(std::string_view text, Tone tone, const Style& style) {
  if (!style.color) return std::string(text);
  return fmt::format("\033[{}m{}\033[0m", code_of(tone), text);
}

}  // namespace pghaul::command
