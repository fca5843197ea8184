// The output of pg_restore --verbose.

#include <string>

#include "fuzz/fuzz.h"
#include "schema/restore_log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pghaul::schema::RestoreLog log;
  for (std::string_view rest = text_of(data, size); !rest.empty();) log.read(take(rest, '\n'));
  require(log.failures().size() <= static_cast<std::size_t>(log.errors()), "a failure is an error");
  if (log.lost_connection()) require(!log.failures().empty(), "a lost connection has its reason");
  for (const pghaul::schema::Failure& failure : log.failures()) {
    require(failure.reason.find("Command was: ") == std::string::npos || !failure.object.empty(),
            "a failure has its object");
  }
  return 0;
}
