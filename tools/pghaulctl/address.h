#pragma once

#include <string>
#include <vector>

namespace pghaul::platform {

/// The place of a database, as something that points at it has it.
struct Address {
  std::string host;  // a socket's folder begins with /
  std::string port;
  std::string database;
  std::string on;             // the command that leads to the machine where it is so; empty: this one
  bool is_local = false;      // nobody has said how other machines reach it
  std::string socket_folder;  // of a cluster, by which programs beside it find it
  std::vector<std::string> other_hosts;  // those of the application's other databases

  bool operator==(const Address&) const = default;
  [[nodiscard]] bool by_socket() const { return host.starts_with('/'); }
};

/// Says whether `written`, which a person may have written, means the database at `actual`. Beside a cluster
/// it may be written by its socket or as localhost. A cluster of which nobody has said how others reach it
/// may be written by any name of a host that is not another database's.
[[nodiscard]] bool means(const Address& written, const Address& actual);

/// Returns what to write for a database at `next` where `written` stands for the one at `before`: between two
/// clusters of one machine, a name of the host stays.
[[nodiscard]] Address moved(const Address& written, const Address& before, const Address& next);

}  // namespace pghaul::platform
