#include "userlist_text.h"

#include <algorithm>

#include "text_lines.h"

namespace pghaul::platform {
namespace {

/// Says whether a line is that of a user: PgBouncer takes any blanks before and after the name.
bool is_of(const std::string& line, const std::string& user) {
  const std::string name = in_double_quotes(user);
  const std::string start = trimmed(line);
  return start.starts_with(name) && !start.substr(name.size()).starts_with('"');
}

}  // namespace

std::string with_user(const std::string& text, const std::string& user, const std::string& secret) {
  return without_user(text, user) + in_double_quotes(user) + " " + in_double_quotes(secret) + "\n";
}

std::string without_user(const std::string& text, const std::string& user) {
  Lines lines = lines_of(text);
  std::erase_if(lines, [&](const std::string& one) { return is_of(one, user); });
  return joined(lines);
}

}  // namespace pghaul::platform
