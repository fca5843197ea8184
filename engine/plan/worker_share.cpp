#include "plan/worker_share.h"

#include <algorithm>
#include <cmath>

#include "plan/jobs.h"

namespace pghaul::plan {

int worker_share(double work, double left, int workers, int free) noexcept {
  const double part = left > 0 ? std::min(work / left, 1.0) : 1.0;
  return std::clamp(static_cast<int>(std::lround(part * workers)), 1, std::max(free, 1));
}

int workers_for_databases(int wanted, int free) noexcept {
  return std::clamp(free / (1 + kOtherConnections), 1, std::max(wanted, 1));
}

}  // namespace pghaul::plan
