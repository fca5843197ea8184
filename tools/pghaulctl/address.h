#pragma once

#include <string>
#include <vector>

namespace pghaul::platform {

/// The place of a database, as something that points at it has it.
struct Address {
  std::string host;  // a socket's folder begins with /
  std::string port;
  std::string database;

  bool operator==(const Address&) const = default;
  [[nodiscard]] bool by_socket() const { return host.starts_with('/'); }
};

/// Says whether `written`, which a person may have written, means the database at `actual`. A server of this
/// machine has a socket in `actual`, and may be written by the name of a host.
[[nodiscard]] bool means(const Address& written, const Address& actual);

/// Returns what to write for a database at `next` where `written` stands for the one at `before`: between two
/// servers of this machine, a name of the host stays.
[[nodiscard]] Address moved(const Address& written, const Address& before, const Address& next);

}  // namespace pghaul::platform
