#pragma once

#include <cstddef>

#include "catalog/model.h"

namespace pghaul::plan {

/// Connections that a run opens on each server besides its workers': one that holds the snapshot and locks,
/// or conducts, and one for a pg_dump or pg_restore.
inline constexpr int kOtherConnections = 2;

/// Chooses the number of workers when the user does not: as many as this machine has cores, since neither
/// server reports its own; at least 2, so that reading, writing and building overlap; at least kFarJobs where
/// a server is far, as workers then wait for answers most of the time; at most kMostUnasked, since only the
/// user can know that the servers bear more. `round_trip`: seconds, to the farther one.
[[nodiscard]] int wanted_jobs(int asked, int local_cores, double round_trip) noexcept;
inline constexpr int kMostUnasked = 8;
inline constexpr int kFarJobs = 4;
/// Round trip, in seconds, that no network within one site takes.
inline constexpr double kFar = 0.01;

/// Returns how many workers the free connections allow: each needs one on the source and one on the target.
/// Zero or less: none. `target` may be nullptr.
[[nodiscard]] int possible_jobs(const catalog::Server& source, const catalog::Server* target) noexcept;

/// Returns how many locks a transaction of each worker may hold at once beside those of other sessions: all
/// share a table of max_locks_per_transaction for each connection that there may be.
[[nodiscard]] std::size_t locks_together(const catalog::Server& server, int jobs) noexcept;

}  // namespace pghaul::plan
