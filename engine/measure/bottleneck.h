#pragma once

#include <string>
#include <vector>

namespace pghaul::measure {

/// A wait of one or several of a run's sessions on one server, at one moment.
struct Wait {
  enum class Server { source, target };
  Server server = Server::source;
  std::string type;   // pg_stat_activity.wait_event_type; empty: the session was computing
  std::string event;  // pg_stat_activity.wait_event
  unsigned count = 1;
};

/// Names what holds a run up, in words for people ("target WAL", "network"): what most of its sessions wait
/// for. Idle sessions don't belong here. Empty when nothing can be concluded.
/// Source  PostgreSQL manual, "The Cumulative Statistics System", tables of wait events.
[[nodiscard]] std::string bottleneck(const std::vector<Wait>& waits);

}  // namespace pghaul::measure
