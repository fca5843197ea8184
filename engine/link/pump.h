#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "link/endpoint.h"
#include "link/piece_cutter.h"
#include "transport/channel.h"
#include "transport/compression.h"
#include "transport/copy_messages.h"
#include "transport/level_chooser.h"
#include "transport/link_frame.h"
#include "transport/multiplexer.h"
#include "transport/stream_packer.h"
#include "transport/stream_unpacker.h"

namespace pghaul::link {

/// Carries bytes between a channel and an endpoint, both ways, until either is closed.
///
/// Ownership  none of what its constructor is given, which must outlive it.
/// Threads    one.
class Pump {
 public:
  Pump(transport::Multiplexer& link, transport::Channel& channel, Endpoint& endpoint,
       const transport::Compression& compression);

  /// Errors  the link's, or a frame that it must not send; a failure of the endpoint only closes it.
  [[nodiscard]] Status run();

 private:
  using Clock = std::chrono::steady_clock;
  enum class Went { nowhere, on, to_the_end };

  [[nodiscard]] Result<Went> bring_in();
  [[nodiscard]] Result<Went> take_frame();
  [[nodiscard]] Result<Went> send_out();
  [[nodiscard]] PieceCutter::Piece next_piece();
  void gather();
  [[nodiscard]] Status send_piece(const PieceCutter::Piece& piece);
  [[nodiscard]] Result<transport::LinkFrame::Coding> pack(std::span<const std::byte>& bytes, bool rows,
                                                          int level);
  [[nodiscard]] std::span<const std::byte> gathered() const noexcept {
    return std::span(gathered_).first(gathered_bytes_).subspan(sent_bytes_);
  }
  void wait();

  transport::Multiplexer* link_;
  transport::Channel* channel_;
  Endpoint* endpoint_;
  bool compresses_;  // if that is worth it
  transport::LevelChooser levels_;
  PieceCutter cutter_;
  transport::CopyMessages messages_;
  transport::StreamPacker packer_;
  transport::StreamUnpacker unpacker_;

  std::optional<transport::Channel::Arrived> arrived_;  // the frame that is being given to the endpoint
  std::span<const std::byte> to_write_;                 // what is left of it
  std::vector<std::byte> gathered_;                     // bytes for frames
  std::size_t gathered_bytes_ = 0;
  std::size_t sent_bytes_ = 0;  // the first of them, which have been sent
  bool endpoint_closed_ = false;
  bool endpoint_deaf_ = false;  // accepts nothing more
  double waited_ = 0;           // seconds for the bytes of the next frame
  double blocked_ = 0;          // seconds until more might be sent
};

}  // namespace pghaul::link
