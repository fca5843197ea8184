#include "measure/samples.h"

#include <cstddef>
#include <utility>

namespace pghaul::measure {
namespace {

constexpr std::size_t kMost = 1200;

}  // namespace

void Samples::take(Sample sample) {
  latest_.clear();
  if (!kept_.empty() && sample.at - kept_.back().at < interval_) {
    latest_.push_back(std::move(sample));
    return;
  }
  kept_.push_back(std::move(sample));
  if (kept_.size() > kMost) thin_out();
}

std::vector<Sample> Samples::all() const {
  std::vector<Sample> all = kept_;
  all.insert(all.end(), latest_.begin(), latest_.end());
  return all;
}

void Samples::thin_out() {
  std::size_t to = 0;
  for (std::size_t from = 0; from < kept_.size(); from += 2) kept_[to++] = std::move(kept_[from]);
  kept_.resize(to);
  interval_ *= 2;
}

}  // namespace pghaul::measure
