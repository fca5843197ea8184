#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "transport/byte_input.h"
#include "transport/byte_output.h"
#include "transport/channel.h"
#include "transport/link_frame.h"

namespace pghaul::transport {

/// Carries the frames of many channels over one pair of pipes. Channels take turns; one that nobody reads
/// stops only itself, since it can't be sent more than its window.
///
/// Ownership  none of its ends, which must outlive it.
/// Threads    run() by one; all else by any.
/// Errors     connection_lost: the other half is gone, or has sent an invalid frame, which the error names.
class Multiplexer {
 public:
  Multiplexer(ByteInput& input, ByteOutput& output) : input_(&input), output_(&output) {}

  /// Reads until the other half closes its end, which is no error, or something fails; fail() has to follow.
  /// Passes frames of unknown channels, apart from ones that were left, to `on_other`. Channels may begin in
  /// any order: those who begin them don't wait for each other.
  [[nodiscard]] Status run(const std::function<Status(Channel::Arrived)>& on_other);
  /// Has all channels fail, now and later, unless they have.
  void fail(const Error& error);

  [[nodiscard]] std::shared_ptr<Channel> join(std::uint32_t id);
  void leave(std::uint32_t id);

  /// Sends a frame that is not compressed.
  [[nodiscard]] Status send(LinkFrame::Kind kind, std::uint32_t channel, std::span<const std::byte> payload);
  [[nodiscard]] Status send(LinkFrame::Kind kind, std::uint32_t channel, std::string_view payload = {});
  /// Sends a compressed frame: `frame` lacks its number, `payload` is what is stored.
  [[nodiscard]] Status send(LinkFrame frame, std::span<const std::byte> payload);
  /// Returns the bytes that have come so far: grows with whatever the other half sends.
  [[nodiscard]] std::uint64_t bytes_come() const noexcept { return come_.load(std::memory_order_relaxed); }
  /// Returns the stored bytes that have come and gone.
  [[nodiscard]] std::uint64_t bytes() const noexcept {
    return bytes_come() + gone_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] Status give_credit(Channel& channel, std::size_t stored_bytes);

 private:
  [[nodiscard]] Result<std::optional<Channel::Arrived>> receive();
  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> bytes);
  [[nodiscard]] std::shared_ptr<Channel> find(std::uint32_t id);
  [[nodiscard]] bool was_left(std::uint32_t id);

  ByteInput* input_;
  ByteOutput* output_;
  std::uint32_t to_come_ = 0;  // number of the next frame
  std::atomic<std::uint64_t> come_{0};
  std::atomic<std::uint64_t> gone_{0};

  std::mutex channels_mutex_;  // guards the next three
  std::map<std::uint32_t, std::shared_ptr<Channel>> channels_;
  std::uint32_t highest_ = 0;  // the highest id that was joined
  std::optional<Error> failure_;

  std::mutex turn_mutex_;  // guards the next three: writers come in the order in which they asked
  std::condition_variable turn_;
  std::uint64_t next_turn_ = 0;
  std::uint64_t served_ = 0;
  std::uint32_t to_send_ = 0;  // number of the next frame, for the writer that has the turn
};

}  // namespace pghaul::transport
