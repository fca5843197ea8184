// Names and messages from a server, on their way to a terminal and into SQL.

#include <algorithm>
#include <string>

#include "fuzz/fuzz.h"
#include "pghaul/escape.h"
#include "postgres/quote.h"

namespace {

bool moves_the_cursor(const std::string& text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; });
}

/// Between the quotes, a quote is always doubled.
bool is_one_identifier(std::string_view quoted) {
  if (quoted.size() < 2 || !quoted.starts_with('"') || !quoted.ends_with('"')) return false;
  quoted = quoted.substr(1, quoted.size() - 2);
  for (std::size_t at = quoted.find('"'); at != std::string_view::npos; at = quoted.find('"', at + 2)) {
    if (at + 1 >= quoted.size() || quoted[at + 1] != '"') return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  for (const bool unicode : {false, true}) {
    const std::string shown = pghaul::command::escape(text, {.unicode = unicode});
    require(!moves_the_cursor(shown), "what is shown does nothing to a terminal");
    if (!unicode)
      require(std::ranges::all_of(shown, [](char c) { return (c & 0x80) == 0; }), "ASCII is ASCII");
  }
  require(is_one_identifier(pghaul::postgres::quote(text)), "an identifier stays one");
  return 0;
}
