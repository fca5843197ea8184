#include "hook.h"

#include <fmt/format.h>
#include <unistd.h>

#include "program.h"
#include "server.h"

namespace pghaul::platform {
namespace {

std::string connection_to(const Address& address) {
  return keyword("host", address.host) + " " + keyword("port", address.port) + " " +
         keyword("dbname", address.database);
}

}  // namespace

Outcome Hook::check() {
  if (::access(file_.c_str(), X_OK) == 0) return {};
  return refused(fmt::format("the hook {} is not a program", file_), "make it executable: chmod +x");
}

Outcome Hook::point(const Address& before, const Address& next) {
  for (const char* moment : {"before", "point", "after"}) {
    const auto done = run_program({file_, moment, connection_to(before), connection_to(next)});
    if (!done) return tl::make_unexpected(done.error());
  }
  return {};
}

}  // namespace pghaul::platform
