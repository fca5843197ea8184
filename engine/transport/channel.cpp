#include "transport/channel.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace pghaul::transport {
namespace {

constexpr int kLookMilliseconds = 100;  // interval of looking at the stop token

}  // namespace

Channel::Channel(std::uint32_t id) : id_(id), bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Channel::~Channel() {
  close(bell_);
}

void Channel::ring() const noexcept {
  const std::uint64_t once = 1;
  [[maybe_unused]] const ssize_t written = ::write(bell_, &once, sizeof once);
}

void Channel::silence_bell() const noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(bell_, &count, sizeof count);
}

std::optional<Channel::Arrived> Channel::take() {
  const std::lock_guard lock(mutex_);
  if (arrived_.empty()) return std::nullopt;
  Arrived first = std::move(arrived_.front());
  arrived_.pop_front();
  arrived_bytes_ -= first.payload.size();
  return first;
}

Result<Channel::Arrived> Channel::wait(const std::stop_token& stop) {
  for (;;) {
    silence_bell();
    if (std::optional<Arrived> arrived = take()) return std::move(*arrived);
    if (const std::optional<Error> error = failure()) return pghaul::fail(*error);
    pollfd bell{bell_, POLLIN, 0};
    poll(&bell, 1, kLookMilliseconds);
    if (stop.stop_requested()) return pghaul::fail(ErrorCode::interrupted, "stopped on request");
  }
}

Status Channel::wait_to_send(const std::stop_token& stop) {
  for (;;) {
    silence_bell();
    if (const std::optional<Error> error = failure()) return pghaul::fail(*error);
    if (may_send()) return {};
    pollfd bell{bell_, POLLIN, 0};
    poll(&bell, 1, kLookMilliseconds);
    if (stop.stop_requested()) return pghaul::fail(ErrorCode::interrupted, "stopped on request");
  }
}

std::optional<Error> Channel::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::uint32_t Channel::used(std::size_t stored_bytes) noexcept {
  used_ += stored_bytes;
  if (used_ < kWindow / 4) return 0;
  return static_cast<std::uint32_t>(std::exchange(used_, 0));
}

Status Channel::deliver(const LinkFrame& frame, std::vector<std::byte> payload) {
  if (frame.kind == LinkFrame::Kind::cancel) {
    cancel_ = true;
    ring();
    return {};
  }
  if (frame.kind == LinkFrame::Kind::credit) {
    if (payload.size() != 4)
      return pghaul::fail(ErrorCode::connection_lost,
                          "protocol error on the link: a credit frame without its number");
    std::uint32_t more = 0;
    for (std::size_t i = 0; i < 4; ++i) more |= std::to_integer<std::uint32_t>(payload[i]) << (8 * i);
    credit_.fetch_add(more, std::memory_order_relaxed);
    ring();
    return {};
  }
  {
    const std::lock_guard lock(mutex_);
    arrived_bytes_ += payload.size();
    if (arrived_bytes_ > kWindow + LinkFrame::kMostStoredBytes) {
      return pghaul::fail(
          ErrorCode::connection_lost,
          fmt::format("protocol error on the link: channel {} received more than its window", id_));
    }
    arrived_.push_back({frame, std::move(payload)});
  }
  ring();
  return {};
}

void Channel::fail(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = error;
  }
  ring();
}

}  // namespace pghaul::transport
