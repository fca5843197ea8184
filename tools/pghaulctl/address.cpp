#include "address.h"

namespace pghaul::platform {

bool means(const Address& written, const Address& actual) {
  if (written.port != actual.port || written.database != actual.database) return false;
  return written.host == actual.host || (actual.by_socket() && !written.by_socket());
}

Address moved(const Address& written, const Address& before, const Address& next) {
  Address result = next;
  if (before.by_socket() && next.by_socket() && !written.by_socket()) result.host = written.host;
  return result;
}

}  // namespace pghaul::platform
