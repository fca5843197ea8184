#pragma once

#include <chrono>
#include <stop_token>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::estimate {

/// The speed of one server's processor, measured in bursts of a tenth of a second or so.
struct Cores {
  double burst_seconds = 0;  // one burst, alone
  double cores = 1;          // how many bursts run side by side at that speed: at most as many as were tried
  double tried = 1;          // side by side
};

/// Runs bursts alone and then `sessions` at once, each in a connection of its own; touches no table. At least
/// one burst of each, and after `time`, which a busy server makes short, no more. Gives up soon after `stop`
/// is requested.
[[nodiscard]] Result<Cores> measure_cores(const postgres::ConnectionString& server, postgres::Side side,
                                          int sessions, std::chrono::duration<double> time,
                                          const std::stop_token& stop);

/// Duration of a burst on the machine that the shipped rates were measured on.
inline constexpr double kReferenceBurstSeconds = 0.085;

}  // namespace pghaul::estimate
