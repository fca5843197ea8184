#pragma once

#include <cstddef>

#include "base/error.h"
#include "base/units.h"
#include "pipeline/chunk_pool.h"
#include "pipeline/sink.h"
#include "pipeline/source.h"
#include "pipeline/tap.h"

namespace pghaul::pipeline {

/// One worker's data path: a reader thread, a writer (the calling thread), and two rings between them: full
/// chunks go one way, empty ones come back.
///
/// Ownership  owns its chunks; source, sink and tap stay with the caller.
/// Threads    run() by one thread at a time.
/// Memory     chunks x chunk_bytes, a quarter of that for row ends, wide_rows_bytes, and the widest row.
/// Errors     the first failure of either side cancels the other and is what run() returns; a lane can run
///            again after one.
class Lane {
 public:
  struct Options {
    std::size_t chunks = 8;
    std::size_t chunk_bytes = 256_KiB;
    /// Memory that rows wider than a chunk may take beyond the chunks while they are under way: above it the
    /// reader waits for the writer although there are empty chunks.
    std::size_t wide_rows_bytes = 16_MiB;
  };
  explicit Lane(const Options& options);

  /// Moves all rows of `source` through `tap` into `sink`; returns when the sink has finished.
  ///
  /// The sink's last call is finish() if all rows have been drained; otherwise both get abandon(). cancel()
  /// of a source or sink comes from the other side's thread, before that last call.
  [[nodiscard]] Status run(Source& source, Sink& sink, Tap& tap);

 private:
  std::size_t most_bytes_under_way_;
  ChunkPool pool_;
};

}  // namespace pghaul::pipeline
