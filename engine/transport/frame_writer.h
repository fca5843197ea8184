#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "pipeline/sink.h"
#include "transport/byte_output.h"
#include "transport/frame_encoder.h"
#include "transport/level_chooser.h"

namespace pghaul::transport {

/// Writes rows as frames, compressed as the chooser says; finish() ends the stream.
///
/// Ownership  none of what its constructor is given, which must outlive it.
/// Threads    the lane's writer.
class FrameWriter : public pipeline::Sink {
 public:
  FrameWriter(FrameEncoder& encoder, LevelChooser& levels, ByteOutput& output);

  [[nodiscard]] Status drain(const pipeline::Chunk& chunk) override;
  [[nodiscard]] Status finish() override;
  /// Leaves out the frame that ends a stream: no reader takes what was written for whole.
  void abandon(const std::string& reason) noexcept override;
  void cancel() noexcept override {}

  struct Written {
    std::uint64_t frames = 0;  // those with rows
    std::uint64_t rows = 0;
    std::uint64_t row_bytes = 0;
    std::uint64_t bytes = 0;  // headers included
  };
  [[nodiscard]] const Written& written() const noexcept { return written_; }

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] Status write_frame();

  FrameEncoder* encoder_;
  LevelChooser* levels_;
  ByteOutput* output_;
  Written written_;
  Clock::time_point idle_since_ = Clock::now();
  double waited_ = 0;  // seconds for the rows of the next frame
};

}  // namespace pghaul::transport
