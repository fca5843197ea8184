#pragma once

#include <optional>
#include <stop_token>

#include "discovery/discovery.h"
#include "estimate/processor_probe.h"

namespace pghaul::estimate {

/// The present speeds of both servers' processors; nothing: not measured. Of servers on one machine, which
/// would disturb each other, only the target's is measured, and stands for both.
struct ServerSpeeds {
  std::optional<Cores> source;
  std::optional<Cores> target;
};

/// Computes how many times as long as the shipped rates say a copy takes on processors of such speeds.
[[nodiscard]] double slowdown(const discovery::Discovery& found, const ServerSpeeds& speeds);

/// Measures slowdown() in about half a second, longer on busy servers, by queries that touch no table.
/// Nothing: the copy is too short for that, or a server could not be measured.
[[nodiscard]] std::optional<double> probe_slowdown(const discovery::Discovery& found,
                                                   const std::stop_token& stop);

}  // namespace pghaul::estimate
