#include "transport/multiplexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace pghaul::transport {
namespace {

constexpr std::size_t kPieceBytes = 64_KiB;

}  // namespace

Status Multiplexer::run(const std::function<Status(Channel::Arrived)>& on_other) {
  for (;;) {
    Result<std::optional<Channel::Arrived>> received = receive();
    if (!received) {
      return received.error().during(fmt::format("frame {} from {}", to_come_, input_->name()));
    }
    if (!*received) return {};
    const LinkFrame frame = (**received).frame;
    Status handled;
    if (frame.kind == LinkFrame::Kind::here) {
      // A heartbeat needs no more than to have come.
    } else if (const std::shared_ptr<Channel> channel = find(frame.channel)) {
      handled = channel->deliver(frame, std::move((**received).payload));
    } else if (frame.begins_channel() || !was_left(frame.channel)) {
      handled = on_other(std::move(**received));
    }
    if (!handled)
      return handled.error().during(fmt::format("frame {} from {}", frame.number, input_->name()));
    ++to_come_;
  }
}

Result<std::optional<Channel::Arrived>> Multiplexer::receive() {
  std::array<std::byte, LinkFrame::kBytes> header{};
  const Result<std::size_t> got = read(header);
  if (!got) return pghaul::fail(got.error());
  if (*got == 0) return std::nullopt;
  if (*got < header.size()) return pghaul::fail(ErrorCode::connection_lost, "it is cut off in its header");
  const Result<LinkFrame> frame = LinkFrame::read(header);
  if (!frame) return pghaul::fail(frame.error());
  if (frame->number != to_come_) {
    return pghaul::fail(ErrorCode::connection_lost, fmt::format("it is numbered {}", frame->number));
  }
  Channel::Arrived arrived{*frame, std::vector<std::byte>(frame->stored_bytes)};
  const Result<std::size_t> payload = read(arrived.payload);
  if (!payload) return pghaul::fail(payload.error());
  if (*payload < arrived.payload.size()) return pghaul::fail(ErrorCode::connection_lost, "it is cut off");
  if (frame->coding == LinkFrame::Coding::stored && hash64(arrived.payload) != frame->raw_hash) {
    return pghaul::fail(ErrorCode::connection_lost, "it is damaged: its bytes are not those that were sent",
                        "something between the two halves of the link alters the data");
  }
  return arrived;
}

/// Reads in pieces, so that bytes on a slow line count as a sign that it works.
Result<std::size_t> Multiplexer::read(std::span<std::byte> bytes) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const std::span<std::byte> piece = bytes.subspan(have, std::min(bytes.size() - have, kPieceBytes));
    Result<std::size_t> got = input_->read(piece);
    if (!got) return got;
    have += *got;
    come_.fetch_add(*got, std::memory_order_relaxed);
    if (*got < piece.size()) break;
  }
  return have;
}

void Multiplexer::fail(const Error& error) {
  const std::lock_guard lock(channels_mutex_);
  if (!failure_) failure_ = error;
  for (const auto& [id, channel] : channels_) channel->fail(*failure_);
}

std::shared_ptr<Channel> Multiplexer::join(std::uint32_t id) {
  auto channel = std::make_shared<Channel>(id);
  const std::lock_guard lock(channels_mutex_);
  channels_[id] = channel;
  highest_ = std::max(highest_, id);
  if (failure_) channel->fail(*failure_);
  return channel;
}

void Multiplexer::leave(std::uint32_t id) {
  const std::lock_guard lock(channels_mutex_);
  channels_.erase(id);
}

std::shared_ptr<Channel> Multiplexer::find(std::uint32_t id) {
  const std::lock_guard lock(channels_mutex_);
  const auto found = channels_.find(id);
  return found == channels_.end() ? nullptr : found->second;
}

bool Multiplexer::was_left(std::uint32_t id) {
  const std::lock_guard lock(channels_mutex_);
  return id != 0 && id <= highest_;
}

Status Multiplexer::send(LinkFrame::Kind kind, std::uint32_t channel, std::string_view payload) {
  return send(kind, channel, std::as_bytes(std::span(payload)));
}

Status Multiplexer::send(LinkFrame::Kind kind, std::uint32_t channel, std::span<const std::byte> payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  return send({.kind = kind,
               .channel = channel,
               .raw_bytes = size,
               .stored_bytes = size,
               .raw_hash = hash64(payload)},
              payload);
}

Status Multiplexer::send(LinkFrame frame, std::span<const std::byte> payload) {
  {
    std::unique_lock lock(turn_mutex_);
    const std::uint64_t mine = next_turn_++;
    turn_.wait(lock, [&] { return served_ == mine; });
  }
  frame.number = to_send_++;
  std::array<std::byte, LinkFrame::kBytes> header{};
  frame.write(header);
  Status written = output_->write(header);
  if (written) written = output_->write(payload);
  {
    const std::lock_guard lock(turn_mutex_);
    ++served_;
  }
  turn_.notify_all();
  if (!written) return pghaul::fail(ErrorCode::connection_lost, written.error().message);
  gone_.fetch_add(header.size() + payload.size(), std::memory_order_relaxed);
  return {};
}

Status Multiplexer::give_credit(Channel& channel, std::size_t stored_bytes) {
  const std::uint32_t more = channel.used(stored_bytes);
  if (more == 0) return {};
  std::array<std::byte, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(more >> (8 * i));
  return send(LinkFrame::Kind::credit, channel.id(), bytes);
}

}  // namespace pghaul::transport
