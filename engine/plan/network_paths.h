#pragma once

#include "plan/cost.h"

namespace pghaul::plan {

/// The network path to a server.
struct NetworkPath {
  double round_trip = 0;      // seconds until the answer to a query comes
  double seconds_per_gb = 0;  // one way, whatever goes the other; 0: it is no limit
  bool has_far_half = false;  // a pghaul at its other end packs what crosses it
};

struct NetworkPaths {
  NetworkPath source;
  NetworkPath target;

  /// Returns the round trip to the farther server, in seconds.
  [[nodiscard]] double round_trip() const noexcept;
};

/// Adds the cost of the lines to rates that were measured beside both servers.
void add_lines(Rates& rates, const NetworkPaths& lines) noexcept;

}  // namespace pghaul::plan
