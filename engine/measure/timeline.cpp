#include "measure/timeline.h"

#include <utility>

namespace pghaul::measure {

double Timeline::now() const noexcept {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - origin_).count();
}

void Timeline::record(std::string phase, std::string what, int worker, double start, bool failed) {
  const double seconds = now() - start;
  const std::lock_guard lock(mutex_);
  spans_.push_back({std::move(phase), std::move(what), worker, start, seconds, failed});
}

void Timeline::sample(Sample sample) {
  const std::lock_guard lock(mutex_);
  samples_.take(std::move(sample));
}

std::vector<Span> Timeline::spans() const {
  const std::lock_guard lock(mutex_);
  return spans_;
}

std::vector<Sample> Timeline::samples() const {
  const std::lock_guard lock(mutex_);
  return samples_.all();
}

}  // namespace pghaul::measure
