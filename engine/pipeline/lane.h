#pragma once

#include <cstddef>

#include "base/error.h"
#include "base/units.h"
#include "pipeline/chunk_pool.h"
#include "pipeline/sink.h"
#include "pipeline/source.h"
#include "pipeline/tap.h"

namespace pghaul::pipeline {

/// One worker's way for bytes: a reader thread, a writer (the calling thread), and two rings between them:
/// full chunks go one way, empty ones come back.
///
/// Ownership  of its chunks; source, sink and tap stay with the caller.
/// Threads    run() by one thread at a time.
/// Errors     the first failure of either side stops the other at once and is what run() returns.
class Lane {
 public:
  struct Options {
    std::size_t chunks = 4;
    std::size_t chunk_bytes = 256_KiB;
  };
  explicit Lane(const Options& options);

  /// Moves all rows of `source` through `tap` into `sink`; returns when the sink has finished.
  [[nodiscard]] Status run(Source& source, Sink& sink, Tap& tap);

 private:
  ChunkPool pool_;
};

}  // namespace pghaul::pipeline
