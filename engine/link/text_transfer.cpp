#include "link/text_transfer.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/units.h"
#include "transport/stream_packer.h"
#include "transport/stream_unpacker.h"

namespace pghaul::link {
namespace {

using transport::Channel;
using transport::LinkFrame;

constexpr std::size_t kPieceBytes = 128_KiB;
constexpr int kLevel = 3;
constexpr std::size_t kMostBytes = 1024_MiB;

}  // namespace

Status send_text(transport::Multiplexer& link, Channel& channel, std::string_view text,
                 const std::stop_token& stop) {
  transport::StreamPacker packer;
  std::span<const std::byte> left = std::as_bytes(std::span(text));
  while (!left.empty()) {
    if (Status free = channel.wait_to_send(stop); !free) return free;
    const std::span<const std::byte> raw = left.first(std::min(left.size(), kPieceBytes));
    const Result<std::span<const std::byte>> packed = packer.pack(raw, kLevel);
    if (!packed) return fail(packed.error());
    const Status sent = link.send({.kind = LinkFrame::Kind::data,
                                   .coding = LinkFrame::Coding::zstd,
                                   .channel = channel.id(),
                                   .raw_bytes = static_cast<std::uint32_t>(raw.size()),
                                   .stored_bytes = static_cast<std::uint32_t>(packed->size()),
                                   .raw_hash = transport::hash64(raw)},
                                  *packed);
    if (!sent) return sent;
    channel.sent(packed->size());
    left = left.subspan(raw.size());
  }
  return link.send(LinkFrame::Kind::close, channel.id());
}

Result<std::string> receive_text(transport::Multiplexer& link, Channel& channel,
                                 const std::stop_token& stop) {
  transport::StreamUnpacker unpacker;
  std::string text;
  for (;;) {
    const Result<Channel::Arrived> arrived = channel.wait(stop);
    if (!arrived) return fail(arrived.error());
    if (arrived->frame.kind == LinkFrame::Kind::close) return text;
    if (arrived->frame.kind != LinkFrame::Kind::data) {
      return transport::unexpected_frame(arrived->frame);
    }
    const Result<std::span<const std::byte>> raw = unpacker.unpack(arrived->frame, arrived->payload);
    if (!raw) return fail(raw.error());
    if (text.size() + raw->size() > kMostBytes) {
      return fail(ErrorCode::connection_lost, "protocol error on the link: a text larger than any schema");
    }
    text.append(reinterpret_cast<const char*>(raw->data()), raw->size());
    if (const Status sent = link.give_credit(channel, arrived->payload.size()); !sent)
      return fail(sent.error());
  }
}

}  // namespace pghaul::link
