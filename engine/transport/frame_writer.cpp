#include "transport/frame_writer.h"

namespace pghaul::transport {
namespace {

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

FrameWriter::FrameWriter(FrameEncoder& encoder, LevelChooser& levels, ByteOutput& output)
    : encoder_(&encoder), levels_(&levels), output_(&output) {
  encoder_->restart();
}

Status FrameWriter::drain(const pipeline::Chunk& chunk) {
  waited_ += seconds(Clock::now() - idle_since_);
  if (!encoder_->has_room_for(chunk)) {
    if (Status written = write_frame(); !written) return written;
  }
  encoder_->append(chunk);
  idle_since_ = Clock::now();
  return {};
}

Status FrameWriter::finish() {
  if (!encoder_->empty()) {
    if (Status written = write_frame(); !written) return written;
  }
  return write_frame();  // without rows: it ends the stream
}

void FrameWriter::abandon(const std::string&) noexcept {
  encoder_->restart();
}

Status FrameWriter::write_frame() {
  const Clock::time_point begun = Clock::now();
  const Result<std::span<const std::byte>> frame = encoder_->pack(levels_->level());
  if (!frame) return fail(frame.error());
  const Clock::time_point packed = Clock::now();
  if (Status written = output_->write(*frame); !written) return written;

  const FrameHeader& header = encoder_->header();
  written_.frames += header.rows > 0 ? 1 : 0;
  written_.rows += header.rows;
  written_.row_bytes += header.row_bytes;
  written_.bytes += frame->size();
  levels_->saw({.waited = waited_,
                .packed = seconds(packed - begun),
                .wrote = seconds(Clock::now() - packed),
                .raw_bytes = header.raw_bytes,
                .stored_bytes = frame->size(),
                .shrunk = header.coding != FrameHeader::Coding::stored});
  waited_ = 0;
  encoder_->clear();
  return {};
}

}  // namespace pghaul::transport
