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

/// Holds all rows that it is given in memory: those of a sample.
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

/// Time to make frames of rows, and rows of frames again.
struct PackTrial {
  double pack_seconds = 0;
  double unpack_seconds = 0;  // the digest included
  std::size_t row_bytes = 0;  // size of the rows that were tried
  std::size_t stored_bytes = 0;
};

/// `level`: as FrameEncoder::pack() takes it; nothing: the level at which an adaptive run begins, and stays
/// unless the disk is the limit. What does not shrink is then stored. Ends once it has packed for
/// `most_seconds`.
[[nodiscard]] Result<PackTrial> try_packing(const std::vector<pipeline::Chunk>& rows,
                                            std::optional<int> level, double most_seconds,
                                            transport::FrameEncoder& encoder,
                                            transport::FrameDecoder& decoder, pipeline::Chunk& buffer);

}  // namespace pghaul::estimate
