#include "transport/frame_reader.h"

namespace pghaul::transport {

FrameReader::FrameReader(FrameDecoder& decoder, ByteInput& input) : decoder_(&decoder), input_(&input) {
  decoder_->restart();
}

Status FrameReader::fill(pipeline::Chunk& chunk) {
  for (;;) {
    while (decoder_->rows_left() > 0) {
      const std::span<const std::byte> row = decoder_->row();
      if (!chunk.has_room_for(row.size())) return {};
      chunk.append(row);
      decoder_->next_row();
    }
    if (ended_) return {};
    const Result<bool> another = decoder_->next(*input_);
    if (!another) return fail(another.error());
    ended_ = !*another;
  }
}

}  // namespace pghaul::transport
