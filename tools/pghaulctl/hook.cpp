#include "hook.h"

#include <utility>

#include "host.h"
#include "server.h"

namespace pghaul::platform {
namespace {

std::string connection_to(const Address& address) {
  return keyword("host", address.host) + " " + keyword("port", address.port) + " " +
         keyword("dbname", address.database);
}

}  // namespace

Outcome check_hook(const std::string& file) {
  const auto [host, path] = split_host(file);
  return Host::reached_by(host).ask({"program", path}).map([](const std::string&) {});
}

Outcome run_hook(const std::string& file, const char* moment, const Address& before, const Address& next) {
  const auto [host, path] = split_host(file);
  return Host::reached_by(host)
      .run({path, moment, connection_to(before), connection_to(next)})
      .map([](const std::string&) {});
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
