#include "plan/jobs.h"

#include <algorithm>

namespace pghaul::plan {

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

}  // namespace pghaul::plan
