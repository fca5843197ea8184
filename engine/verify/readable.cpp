#include "verify/readable.h"

#include "catalog/model.h"
#include "verify/sql_reader.h"

namespace pghaul::verify {
namespace {

std::string unquoted(std::string_view quoted) {
  std::string name;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    name += quoted[i];
    if (quoted[i] == '"') ++i;
  }
  return name;
}

/// Recognizes names that mean other types without their quotes.
bool is_another_type(std::string_view quoted) {
  return quoted == "\"char\"" || quoted == "\"bit\"";
}

}  // namespace

std::string readable(std::string_view sql) {
  std::string out;
  SqlReader reader(sql);
  while (!reader.at_end()) {
    const std::string_view token = reader.token();
    const bool is_name = token.size() > 2 && token.front() == '"' && token.back() == '"';
    if (!is_name || is_another_type(token)) {
      out += token;
    } else {
      out += catalog::shown({{}, unquoted(token)});
    }
  }
  return out;
}

}  // namespace pghaul::verify
