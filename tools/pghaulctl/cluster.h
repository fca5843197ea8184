#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "failure.h"

namespace pghaul::platform {

/// The place of a cluster, as an application's file has it: "15/main", "ssh db2: 18/main", or with the
/// address by which other machines reach it, "docker exec -i db: 18/main at 172.17.0.2".
struct Place {
  std::string host;  // the command that leads to its machine; empty: this one
  std::string cluster;
  std::string at;  // empty: not said
};
/// Reads one; nothing: it is a connection string.
[[nodiscard]] std::optional<Place> read_place(const std::string& text);
/// Finds how other machines reach the one that `ssh db2` or `ssh -p 22 postgres@db2` leads to; empty: the
/// command is of another kind.
[[nodiscard]] std::string address_of_command(const std::string& command);
/// Says whether a place of an application's file is a cluster.
[[nodiscard]] bool is_cluster(const std::string& place);

/// One of Debian's clusters, as pg_lsclusters on its machine tells of it.
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
  std::string host;        // the command that leads to its machine; empty: this one
  std::string owner_name;  // as that machine calls it
};

/// Lists those of a machine; `host` is the command that leads there, empty: this one.
[[nodiscard]] Result<std::vector<Cluster>> list_clusters(const std::string& host = {});

/// Writes a connection string to one of its databases, as its owner.
[[nodiscard]] std::string connection_to(const Cluster& cluster, const std::string& database);

}  // namespace pghaul::platform
