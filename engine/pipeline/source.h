#pragma once

#include "base/error.h"
#include "pipeline/chunk.h"

namespace pghaul::pipeline {

/// Where rows come from.
class Source {
 public:
  virtual ~Source() = default;
  /// Appends rows until the chunk is full or the rows end. An empty chunk afterwards means: no more rows.
  [[nodiscard]] virtual Status fill(Chunk& chunk) = 0;
  /// Makes a fill() that waits return soon, with an error. From any thread; may do nothing.
  virtual void cancel() noexcept = 0;
  /// After the last fill(), where there may be more rows: nobody wants them. Only a source that would keep
  /// something busy has to do anything.
  virtual void abandon() {}
};

}  // namespace pghaul::pipeline
