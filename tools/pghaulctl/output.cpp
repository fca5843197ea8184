#include "output.h"

#include <fmt/format.h>
#include <unistd.h>

#include "pghaul/escape.h"
#include "pghaul/output.h"
#include "pghaul/style.h"

namespace pghaul::platform {

void say(const std::string& text) {
  command::write_fully(STDOUT_FILENO, text);
}

void warn(const std::string& message) {
  const command::Style style = command::style_of(STDERR_FILENO);
  command::write_fully(STDERR_FILENO,
                       fmt::format("pghaulctl: warning: {}\n", command::escape_lines(message, style)));
}

void show(const Failure& failure) {
  const command::Style style = command::style_of(STDERR_FILENO);
  std::string text = fmt::format("pghaulctl: error: {}\n", command::escape_lines(failure.message, style));
  if (!failure.hint.empty()) text += fmt::format("  hint: {}\n", command::escape_lines(failure.hint, style));
  command::write_fully(STDERR_FILENO, text);
}

}  // namespace pghaul::platform
