#include "address.h"

#include <algorithm>

namespace pghaul::platform {
namespace {

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

}  // namespace

bool means(const Address& written, const Address& actual) {
  if (written.port != actual.port || written.database != actual.database) return false;
  const bool one_machine = written.on == actual.on;
  const bool beside = one_machine && !actual.socket_folder.empty();
  if (beside && (written.host == actual.socket_folder || is_loopback(written.host))) return true;
  if (is_loopback(written.host) && !one_machine) return false;
  if (actual.is_local) {
    return !written.by_socket() &&
           std::ranges::find(actual.other_hosts, written.host) == actual.other_hosts.end();
  }
  return written.host == actual.host;
}

Address moved(const Address& written, const Address& before, const Address& next) {
  Address result{.host = next.host, .port = next.port, .database = next.database, .on = written.on};
  const bool neighbours =
      before.on == next.on && !before.socket_folder.empty() && !next.socket_folder.empty();
  const bool one_name = before.host == next.host || next.is_local;
  const bool beside = written.on == next.on && !next.socket_folder.empty();
  if (neighbours && one_name && !written.by_socket()) result.host = written.host;
  if (beside && written.by_socket()) result.host = next.socket_folder;
  return result;
}

}  // namespace pghaul::platform
