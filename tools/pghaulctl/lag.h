#pragma once

#include <cstdint>
#include <optional>

#include "failure.h"
#include "server.h"

namespace pghaul::platform {

/// How far a follower is behind its leader.
struct Lag {
  std::int64_t commits = 0;
  std::int64_t bytes = 0;         // of WAL
  std::optional<double> seconds;  // since the last commit that it has replayed; 0 where it has all WAL
                                  // replayed; nothing: it has replayed none since it started
};

/// Most commits that a follower which counts as caught up may be behind.
constexpr std::int64_t kCaughtUp = 200;

[[nodiscard]] Result<Lag> measure_lag(Server& leader, Server& follower);

}  // namespace pghaul::platform
