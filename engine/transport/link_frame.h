#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "base/units.h"

namespace pghaul::transport {

/// The header before each frame between the two halves of a link (docs/link.md). A frame belongs to a
/// channel; channel 0 is the link's own.
///
/// Units      raw bytes: what the payload unpacks to; stored bytes: what follows the header.
struct LinkFrame {
  enum class Kind : std::uint8_t {
    hello = 1,    // near: the server's address, and the compression
    ready = 2,    // far: facts about the server
    refused = 3,  // far: the server, or this channel, can't be had
    open = 4,     // near: open another connection
    opened = 5,   // far: it is open
    data = 6,
    credit = 7,    // permission to send so many more stored bytes
    close = 8,     // end of the channel's data
    cancel = 9,    // near: the server is to cancel what the channel's connection runs
    request = 10,  // near: a request to run a job there; data follow, and a close
    done = 11,     // far: the job's result; data follow, and a close
    here = 12,     // a heartbeat, and nothing else
  };
  enum class Coding : std::uint8_t {
    stored = 0,
    zstd = 1,            // a piece of the channel's stream
    zstd_by_column = 2,  // likewise, for rows: CopyMessages
  };

  static constexpr std::size_t kBytes = 32;
  /// Room for two of the messages in which rows go to a server.
  static constexpr std::size_t kMostRawBytes = 520_KiB;
  /// The most that zstd can make of that, with the end of a stream before it.
  static constexpr std::size_t kMostStoredBytes = kMostRawBytes + 4_KiB;

  Kind kind = Kind::data;
  Coding coding = Coding::stored;
  std::uint32_t channel = 0;
  std::uint32_t number = 0;  // position of the frame in its direction, from 0; it wraps
  std::uint32_t raw_bytes = 0;
  std::uint32_t stored_bytes = 0;
  std::uint64_t raw_hash = 0;

  [[nodiscard]] bool begins_channel() const noexcept { return kind == Kind::open || kind == Kind::request; }
  void write(std::span<std::byte, kBytes> bytes) const noexcept;
  /// Reads a header. Trusts nothing: the result is within the bounds above.
  [[nodiscard]] static Result<LinkFrame> read(std::span<const std::byte, kBytes> bytes);
};

/// Makes the failure of a frame that must not come at this point: a defect of the half that sent it.
[[nodiscard]] tl::unexpected<Error> unexpected_frame(const LinkFrame& frame);

/// XXH3's 64 bits, seed 0.
[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes) noexcept;

}  // namespace pghaul::transport
