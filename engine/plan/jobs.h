#pragma once

#include <cstddef>

#include "catalog/model.h"

namespace pghaul::plan {

/// Connections that a run opens on each server besides its workers': one that holds the snapshot and locks
/// or conducts, one for a pg_dump or pg_restore.
inline constexpr int kOtherConnections = 2;

/// Workers when the user does not say how many: as many as this machine has cores, since neither server
/// tells its own; at least 2, so that reading, writing and building overlap; at least kFarJobs where a server
/// is far, as workers then wait for answers most of the time; at most kMostUnasked, beyond which it is the
/// user's to know what the servers bear. `round_trip`: seconds, to the farther one.
[[nodiscard]] int wanted_jobs(int asked, int local_cores, double round_trip) noexcept;
inline constexpr int kMostUnasked = 8;
inline constexpr int kFarJobs = 4;
/// Seconds that no network of one place takes.
inline constexpr double kFar = 0.01;

/// Workers that the free connections allow: one each on the source and on the target. Not above 0: none.
/// `target` may be nullptr.
[[nodiscard]] int possible_jobs(const catalog::Server& source, const catalog::Server* target) noexcept;

/// Locks that a transaction of each worker may hold at once beside those of others, for as many objects as
/// one likes: all sessions share a table of max_locks_per_transaction for each connection that there may be.
[[nodiscard]] std::size_t locks_together(const catalog::Server& server, int jobs) noexcept;

}  // namespace pghaul::plan
