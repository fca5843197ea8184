#include "postgres/quote.h"

namespace pghaul::postgres {
namespace {

std::string doubled(std::string_view text, char mark) {
  std::string out(1, mark);
  for (const char c : text) {
    if (c == mark) out += mark;
    out += c;
  }
  return out += mark;
}

}  // namespace

std::string quote(std::string_view identifier) {
  return doubled(identifier, '"');
}

std::string quote(std::string_view schema, std::string_view name) {
  return quote(schema) + "." + quote(name);
}

std::string quote_literal(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return doubled(text, '\'');
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') escaped += '\\';
    escaped += c;
  }
  return " E" + doubled(escaped, '\'');  // the space keeps the E from joining a word before it
}

}  // namespace pghaul::postgres
