#pragma once

#include <stop_token>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/line_measurement.h"

namespace pghaul::discovery {

/// Looks at the server that is the target: what it is, and what it holds. Begins to measure the line to it.
[[nodiscard]] Result<LineMeasurement> read_target(Discovery& found, const Endpoint& end,
                                                  const std::stop_token& stop);

}  // namespace pghaul::discovery
