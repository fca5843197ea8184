#include "pipeline/first_failure.h"

#include <utility>

namespace pghaul::pipeline {

bool FirstFailure::record(Error error) noexcept {
  if (happened_.exchange(true, std::memory_order_acq_rel)) return false;
  error_ = std::move(error);
  return true;
}

}  // namespace pghaul::pipeline
