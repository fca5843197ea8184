#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "failure.h"

namespace pghaul::platform {

/// One of Debian's clusters on this machine, as pg_lsclusters tells of it.
struct Cluster {
  std::string version;  // "15"
  std::string name;     // "main"
  std::string port;
  std::string socket_folder;
  std::string data_folder;
  std::string configuration_folder;
  std::string log_file;
  uid_t owner = 0;
  bool running = false;
};

/// Says whether a place of an application's file is a cluster, such as "15/main".
[[nodiscard]] bool is_cluster(const std::string& place);

[[nodiscard]] Result<std::vector<Cluster>> list_clusters();

/// Writes a connection string to one of its databases, as its owner.
[[nodiscard]] std::string connection_to(const Cluster& cluster, const std::string& database);

}  // namespace pghaul::platform
