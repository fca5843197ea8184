#pragma once

#include "base/error.h"
#include "pipeline/chunk.h"

namespace pghaul::pipeline {

/// An origin of rows.
class Source {
 public:
  virtual ~Source() = default;
  /// Appends rows until the chunk is full or the rows end. An empty chunk afterwards means: no more rows.
  [[nodiscard]] virtual Status fill(Chunk& chunk) = 0;
  /// Makes a fill() that waits return soon, with an error. From any thread; may do nothing.
  virtual void cancel() noexcept = 0;
  /// Ends reading after the last fill(), where more rows may be left. Only a source that would keep something
  /// busy has to do anything.
  virtual void abandon() {}
};

}  // namespace pghaul::pipeline
