#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "transport/link_frame.h"

namespace pghaul::transport {

/// One connection's share of a link, seen from one half: the frames that have come for it, and how much may
/// be sent. No more than kWindow bytes sent on a channel are ever on their way or unread.
///
/// Threads    deliver() and fail() by the link's reader; all else by the channel's own.
class Channel {
 public:
  static constexpr std::size_t kWindow = 4_MiB;  // stored bytes

  struct Arrived {
    LinkFrame frame;
    std::vector<std::byte> payload;
  };

  explicit Channel(std::uint32_t id);
  ~Channel();
  Channel(Channel&&) = delete;
  Channel& operator=(Channel&&) = delete;

  [[nodiscard]] std::uint32_t id() const noexcept { return id_; }
  /// Returns a descriptor that is readable when there may be something to take, or more may be sent.
  [[nodiscard]] int bell() const noexcept { return bell_; }
  void silence_bell() const noexcept;
  [[nodiscard]] std::optional<Arrived> take();
  /// Sleeps until there is a frame. Errors  the link's; interrupted.
  [[nodiscard]] Result<Arrived> wait(const std::stop_token& stop);
  /// Sleeps until more may be sent. Errors  the link's; interrupted.
  [[nodiscard]] Status wait_to_send(const std::stop_token& stop);
  /// Returns true once for each time the other half asked to cancel, ahead of whatever waits to be taken.
  [[nodiscard]] bool take_cancel() noexcept { return cancel_.exchange(false); }
  /// Returns why the link is gone, if it is.
  [[nodiscard]] std::optional<Error> failure() const;

  [[nodiscard]] bool may_send() const noexcept { return credit_.load(std::memory_order_relaxed) > 0; }
  void sent(std::size_t stored_bytes) noexcept {
    credit_.fetch_sub(static_cast<std::int64_t>(stored_bytes), std::memory_order_relaxed);
  }
  /// Records that so many delivered bytes have been taken out. Returns the credit to be sent to the other
  /// half now, or 0.
  [[nodiscard]] std::uint32_t used(std::size_t stored_bytes) noexcept;

  /// Accepts a frame. Errors  connection_lost: more than the window allows.
  [[nodiscard]] Status deliver(const LinkFrame& frame, std::vector<std::byte> payload);
  void fail(const Error& error);

 private:
  void ring() const noexcept;

  const std::uint32_t id_;
  const int bell_;                             // an eventfd
  std::atomic<std::int64_t> credit_{kWindow};  // the last frame may overdraw it
  std::atomic<bool> cancel_{false};
  std::size_t used_ = 0;      // taken out, and not yet given back as credit
  mutable std::mutex mutex_;  // guards the rest
  std::deque<Arrived> arrived_;
  std::size_t arrived_bytes_ = 0;
  std::optional<Error> failure_;
};

}  // namespace pghaul::transport
