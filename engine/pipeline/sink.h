#pragma once

#include <string>

#include "base/error.h"
#include "pipeline/chunk.h"

namespace pghaul::pipeline {

/// A destination of rows.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Takes all rows of the chunk; the chunk is the caller's again on return.
  [[nodiscard]] virtual Status drain(const Chunk& chunk) = 0;
  /// Ends the rows after the last one: the sink has everything, or says why not.
  [[nodiscard]] virtual Status finish() = 0;
  /// Ends the rows too early, for `reason`, instead of finish(); what was taken must not count.
  virtual void abandon(const std::string& reason) noexcept = 0;
  /// Makes a drain() or finish() that waits return soon, with an error. From any thread; may do nothing.
  virtual void cancel() noexcept = 0;
};

}  // namespace pghaul::pipeline
