#include "link/pump.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/units.h"
#include "measure/sample_statistics.h"
#include "transport/frame_encoder.h"
#include "transport/link_frame.h"

namespace pghaul::link {
namespace {

using transport::LinkFrame;

/// Size of the pieces in which servers send rows: after one of them more is about to come.
constexpr std::size_t kPieceBytes = 8_KiB;
/// Limit where bytes are only carried: what stays in a processor's cache.
constexpr std::size_t kCarriedBytes = 128_KiB;
constexpr int kMoreMilliseconds = 1;
/// Fewer bytes are an answer or a query; compressing them would only take time.
constexpr std::size_t kWorthPacking = 200;

}  // namespace

Pump::Pump(transport::Multiplexer& link, transport::Channel& channel, Endpoint& endpoint,
           const transport::Compression& compression)
    : link_(&link),
      channel_(&channel),
      endpoint_(&endpoint),
      compresses_(compression.level != transport::FrameEncoder::kStore),
      levels_(compression, transport::FrameEncoder::kStore),
      cutter_(LinkFrame::kMostRawBytes),
      gathered_(compresses_ ? LinkFrame::kMostRawBytes : kCarriedBytes) {}

Status Pump::run() {
  for (;;) {
    const Result<Went> in = bring_in();
    if (!in) return fail(in.error());
    if (*in == Went::to_the_end) return {};
    const Result<Went> out = send_out();
    if (!out) return fail(out.error());
    if (*out == Went::to_the_end) return link_->send(LinkFrame::Kind::close, channel_->id());
    if (*in == Went::nowhere && *out == Went::nowhere) wait();
  }
}

Result<Pump::Went> Pump::bring_in() {
  channel_->silence_bell();
  if (channel_->take_cancel()) endpoint_->cancel();
  if (to_write_.empty()) return take_frame();
  std::size_t took = to_write_.size();
  if (!endpoint_deaf_) {
    const Result<std::size_t> wrote = endpoint_->write(to_write_);
    if (wrote) {
      took = *wrote;
    } else {
      endpoint_deaf_ = true;  // it may have sent the reason, which is still to be read
    }
  }
  to_write_ = to_write_.subspan(took);
  if (to_write_.empty()) {
    const Status sent = link_->give_credit(*channel_, arrived_->payload.size());
    if (!sent) return fail(sent.error());
  }
  return took > 0 ? Went::on : Went::nowhere;
}

Result<Pump::Went> Pump::take_frame() {
  arrived_ = channel_->take();
  if (!arrived_) {
    if (const std::optional<Error> failure = channel_->failure()) return fail(*failure);
    return Went::nowhere;
  }
  if (arrived_->frame.kind == LinkFrame::Kind::close) return Went::to_the_end;
  if (arrived_->frame.kind != LinkFrame::Kind::data) {
    return transport::unexpected_frame(arrived_->frame);
  }
  const Result<std::span<const std::byte>> raw = unpacker_.unpack(arrived_->frame, arrived_->payload);
  if (!raw) return fail(raw.error());
  to_write_ = *raw;
  return Went::on;
}

Result<Pump::Went> Pump::send_out() {
  if (!channel_->may_send()) return Went::nowhere;
  PieceCutter::Piece piece = next_piece();
  if (piece.bytes == 0) {
    gather();
    piece = next_piece();
  }
  if (piece.bytes > 0) {
    if (const Status sent = send_piece(piece); !sent) return fail(sent.error());
    return Went::on;
  }
  return endpoint_closed_ ? Went::to_the_end : Went::nowhere;
}

/// Returns the next piece of what is gathered; all of it where nothing is compressed, and at the end.
PieceCutter::Piece Pump::next_piece() {
  if (!compresses_) return {.bytes = gathered().size()};
  const PieceCutter::Piece piece = cutter_.next(gathered());
  if (piece.bytes == 0 && endpoint_closed_) return {.bytes = gathered().size()};
  return piece;
}

/// Gathers as much as fits a frame and comes without much waiting.
void Pump::gather() {
  if (sent_bytes_ > 0) {
    std::ranges::copy(gathered(), gathered_.begin());
    gathered_bytes_ -= std::exchange(sent_bytes_, 0);
  }
  while (!endpoint_closed_ && gathered_bytes_ < gathered_.size()) {
    const Result<std::optional<std::size_t>> got =
        endpoint_->read(std::span(gathered_).subspan(gathered_bytes_));
    if (!got || (*got && **got == 0)) {
      endpoint_closed_ = true;
    } else if (*got) {
      gathered_bytes_ += **got;
    } else {
      if (gathered_bytes_ < kPieceBytes) break;
      const Clock::time_point start = Clock::now();
      pollfd socket{endpoint_->socket(), POLLIN, 0};
      const int ready = poll(&socket, 1, kMoreMilliseconds);
      waited_ += measure::seconds_since(start);
      if (ready <= 0) break;
    }
  }
}

Status Pump::send_piece(const PieceCutter::Piece& piece) {
  const std::span<const std::byte> raw = gathered().first(piece.bytes);
  LinkFrame frame{.kind = LinkFrame::Kind::data,
                  .channel = channel_->id(),
                  .raw_bytes = static_cast<std::uint32_t>(raw.size()),
                  .raw_hash = transport::hash64(raw)};
  std::span<const std::byte> stored = raw;
  const int level = levels_.level();
  const Clock::time_point start = Clock::now();
  const bool worth_packing = raw.size() >= kWorthPacking;
  if (level != transport::FrameEncoder::kStore && worth_packing) {
    const Result<LinkFrame::Coding> packed = pack(stored, piece.rows, level);
    if (!packed) return fail(packed.error());
    frame.coding = *packed;
  }
  const double packed_seconds = measure::seconds_since(start);
  frame.stored_bytes = static_cast<std::uint32_t>(stored.size());
  const Clock::time_point written = Clock::now();
  if (Status sent = link_->send(frame, stored); !sent) return sent;
  channel_->sent(stored.size());
  sent_bytes_ += raw.size();
  if (worth_packing) {
    levels_.saw({.waited = waited_,
                 .packed = packed_seconds,
                 .wrote = blocked_ + measure::seconds_since(written),
                 .raw_bytes = raw.size(),
                 .stored_bytes = stored.size(),
                 .shrunk = stored.size() < raw.size() - raw.size() / 16});
  }
  waited_ = 0;
  blocked_ = 0;
  return {};
}

/// Replaces `bytes` by what is sent for them; returns their coding.
Result<LinkFrame::Coding> Pump::pack(std::span<const std::byte>& bytes, bool rows, int level) {
  const bool by_column = rows && messages_.arrange(bytes);
  const Result<std::span<const std::byte>> packed =
      packer_.pack(by_column ? messages_.bytes() : bytes, level);
  if (!packed) return fail(packed.error());
  bytes = *packed;
  return by_column ? LinkFrame::Coding::zstd_by_column : LinkFrame::Coding::zstd;
}

void Pump::wait() {
  const bool may_send = channel_->may_send();
  if (may_send && endpoint_->has_read_ahead()) return;
  short events = 0;
  if (may_send && !endpoint_closed_) events |= POLLIN;
  if (!to_write_.empty()) events |= POLLOUT;
  std::array<pollfd, 2> waits = {
      {{events == 0 ? -1 : endpoint_->socket(), events, 0}, {channel_->bell(), POLLIN, 0}}};
  const Clock::time_point start = Clock::now();
  poll(waits.data(), waits.size(), -1);
  (may_send ? waited_ : blocked_) += measure::seconds_since(start);
}

}  // namespace pghaul::link
