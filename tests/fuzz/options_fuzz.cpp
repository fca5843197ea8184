// Options by name and value, one a line: "jobs=4".

#include <string>

#include "discovery/options.h"
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pghaul::discovery::Options options;
  for (std::string_view rest = text_of(data, size); !rest.empty();) {
    std::string_view line = take(rest, '\n');
    const std::string name(take(line, '='));
    const pghaul::Status set = options.set(name, std::string(line));
    if (!set)
      require(set.error().code == pghaul::ErrorCode::usage && !set.error().hint.empty(),
              "a wrong option is a matter of usage, with a hint");
  }
  require(options.jobs >= 0 && options.jobs <= 256, "jobs stays in its bounds");
  require(options.retry_for.count() >= 0, "retry-for stays in its bounds");
  return 0;
}
