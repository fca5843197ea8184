#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/chunk.h"
#include "pipeline/sink.h"
#include "transport/frame_decoder.h"
#include "transport/frame_encoder.h"

namespace pghaul::estimate {

/// Holds all rows that it is given in memory: a sample's.
class KeptRows : public pipeline::Sink {
 public:
  [[nodiscard]] Status drain(const pipeline::Chunk& chunk) override;
  [[nodiscard]] Status finish() override { return {}; }
  void abandon(const std::string&) noexcept override { chunks_.clear(); }
  void cancel() noexcept override {}

  [[nodiscard]] const std::vector<pipeline::Chunk>& chunks() const noexcept { return chunks_; }
  void clear() noexcept { chunks_.clear(); }

 private:
  std::vector<pipeline::Chunk> chunks_;
};

/// What it took to make frames of rows, and rows of these again.
struct PackTrial {
  double pack_seconds = 0;
  double unpack_seconds = 0;  // with the digest
  std::size_t row_bytes = 0;  // of those that were tried
  std::size_t stored_bytes = 0;
};

/// `level`: as FrameEncoder::pack() takes it; nothing: as a run that finds it out begins, and stays at unless
/// the disk holds it up. What does not shrink is then stored. Ends once it has packed for `most_seconds`.
[[nodiscard]] Result<PackTrial> try_packing(const std::vector<pipeline::Chunk>& rows,
                                            std::optional<int> level, double most_seconds,
                                            transport::FrameEncoder& encoder,
                                            transport::FrameDecoder& decoder, pipeline::Chunk& buffer);

}  // namespace pghaul::estimate
