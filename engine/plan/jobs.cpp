#include "plan/jobs.h"

#include <algorithm>
#include <cstdlib>

namespace pghaul::plan {

namespace {

constexpr int kFewestLocks = 10;
constexpr int kMostLocks = 1000;  // beyond that a round trip costs nothing

}  // namespace

int wanted_jobs(int asked, int local_cores, double round_trip) noexcept {
  return asked > 0 ? asked : std::clamp(local_cores, round_trip < kFar ? 2 : kFarJobs, kMostUnasked);
}

int possible_jobs(const catalog::Server& source, const catalog::Server* target) noexcept {
  if (target == nullptr) return source.free_connections - kOtherConnections;
  const int free = std::min(source.free_connections, target->free_connections);
  const bool same_server =
      !source.system_identifier.empty() && source.system_identifier == target->system_identifier;
  return same_server ? free / 2 - kOtherConnections : free - kOtherConnections;
}

std::size_t locks_together(const catalog::Server& server, int jobs) noexcept {
  const auto setting = [&](const char* name) {
    const auto found = server.settings.find(name);
    return found == server.settings.end() ? 0 : std::atoi(found->second.c_str());
  };
  const int table = setting("max_locks_per_transaction") *
                    (setting("max_connections") + setting("max_prepared_transactions"));
  return static_cast<std::size_t>(std::clamp(table / (4 * jobs), kFewestLocks, kMostLocks));
}

}  // namespace pghaul::plan
