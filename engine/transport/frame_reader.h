#pragma once

#include "pipeline/source.h"
#include "transport/byte_input.h"
#include "transport/frame_decoder.h"

namespace pghaul::transport {

/// Rows of one stream of frames. A frame's rows are given only once all of it has been checked.
///
/// Ownership  none of what its constructor is given, which must outlive it.
/// Threads    the lane's reader.
/// Errors     as FrameDecoder.
class FrameReader : public pipeline::Source {
 public:
  FrameReader(FrameDecoder& decoder, ByteInput& input);

  [[nodiscard]] Status fill(pipeline::Chunk& chunk) override;
  void cancel() noexcept override {}

 private:
  FrameDecoder* decoder_;
  ByteInput* input_;
  bool ended_ = false;
};

}  // namespace pghaul::transport
