#pragma once

#include <string>
#include <vector>

namespace pghaul::measure {

/// What one or several of a run's sessions, at work on one server, were waiting for at one moment.
struct Wait {
  enum class Server { source, target };
  Server server = Server::source;
  std::string type;   // pg_stat_activity.wait_event_type; empty: it was not waiting, but computing
  std::string event;  // pg_stat_activity.wait_event
  unsigned count = 1;
};

/// What holds a run up, in words for people ("target WAL", "network"): what most of its sessions wait for.
/// Sessions that are idle don't belong here. Empty when nothing can be told.
/// Source  PostgreSQL manual, "The Cumulative Statistics System", tables of wait events.
[[nodiscard]] std::string bottleneck(const std::vector<Wait>& waits);

}  // namespace pghaul::measure
