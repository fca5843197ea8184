// The output of pg_restore --list; a NUL separates the verbose listing from that of post-data.

#include <algorithm>
#include <string>

#include "fuzz/fuzz.h"
#include "schema/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  const std::string_view verbose = take(rest, '\0');
  const auto lines = static_cast<std::size_t>(std::ranges::count(verbose, '\n')) + 1;
  const std::vector<pghaul::schema::Entry> entries = pghaul::schema::parse_listing(verbose, rest);
  require(entries.size() <= lines, "a line is one entry at most");
  for (const pghaul::schema::Entry& entry : entries) {
    require(entry.text.find('\n') == std::string::npos, "an entry ends with its line");
  }
  return 0;
}
