#pragma once

#include "plan/cost.h"

namespace pghaul::plan {

/// The way to a server.
struct Line {
  double round_trip = 0;      // seconds from a question to its answer
  double seconds_per_gb = 0;  // one way, whatever goes the other; 0: it holds nothing up
  bool has_far_half = false;  // pghaul is at its other end, too, and packs what crosses it
};

struct Lines {
  Line source;
  Line target;

  /// Seconds, to the farther server.
  [[nodiscard]] double round_trip() const noexcept;
};

/// What the lines cost, into rates that were measured beside both servers.
void add_lines(Rates& rates, const Lines& lines) noexcept;

}  // namespace pghaul::plan
