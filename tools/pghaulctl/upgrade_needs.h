#pragma once

#include <cstdint>
#include <string>

#include "cluster.h"
#include "failure.h"

namespace pghaul::platform {

/// The locks and the memory that pg_upgrade takes for the tables of a cluster: pg_dump locks all tables of a
/// database at once, and holds the definitions of all that is in it.
struct UpgradeNeeds {
  std::int64_t tables = 0;        // of all databases
  std::int64_t locks = 0;         // the max_locks_per_transaction that the old server needs meanwhile
  std::int64_t memory_bytes = 0;  // of the processes together, beside what the servers share
};

/// Asks each database of a server that runs.
[[nodiscard]] Result<UpgradeNeeds> needs_of_upgrade(const Cluster& old);
/// Renders "10,000 tables: pg_upgrade takes about 230 MB of memory".
[[nodiscard]] std::string show_needs(const UpgradeNeeds& needs);

}  // namespace pghaul::platform
