#pragma once

#include "pipeline/chunk.h"

namespace pghaul::pipeline {

/// Looks at rows as they pass, and changes nothing.
class Tap {
 public:
  virtual ~Tap() = default;
  /// Called by the lane's reader thread, once for each chunk, in order.
  virtual void see(const Chunk& chunk) = 0;
};

}  // namespace pghaul::pipeline
