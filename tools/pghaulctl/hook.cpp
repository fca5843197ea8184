#include "hook.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "program.h"
#include "server.h"

namespace pghaul::platform {
namespace {

std::string connection_to(const Address& address) {
  return keyword("host", address.host) + " " + keyword("port", address.port) + " " +
         keyword("dbname", address.database);
}

}  // namespace

Outcome check_hook(const std::string& file) {
  if (::access(file.c_str(), X_OK) == 0) return {};
  return refused(fmt::format("the hook {} is not a program", file), "make it executable: chmod +x");
}

Outcome run_hook(const std::string& file, const char* moment, const Address& before, const Address& next) {
  return run_program({file, moment, connection_to(before), connection_to(next)}).map([](const std::string&) {
  });
}

Outcome Hook::check() {
  return check_hook(file_);
}

Outcome Hook::hold(const Address& before, const Address& next) {
  held_.emplace(before, next);
  return run_hook(file_, "before", before, next);
}

Outcome Hook::point(const Address& before, const Address& next) {
  return run_hook(file_, "point", before, next);
}

Outcome Hook::release() {
  if (!held_) return {};
  const auto [before, next] = *std::exchange(held_, std::nullopt);
  return run_hook(file_, "after", before, next);
}

}  // namespace pghaul::platform
