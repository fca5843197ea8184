#include "text_lines.h"

#include <sstream>

namespace pghaul::platform {

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  return lines;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

std::string in_double_quotes(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

std::pair<std::string, std::string> setting(const std::string& line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string::npos || trimmed(line).starts_with('#') || trimmed(line).starts_with(';'))
    return {};
  return {trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1))};
}

}  // namespace pghaul::platform
