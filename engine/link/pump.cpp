#include "link/pump.h"

#include <poll.h>

#include <array>

#include "base/units.h"
#include "transport/frame_encoder.h"
#include "transport/link_frame.h"

namespace pghaul::link {
namespace {

using transport::LinkFrame;

constexpr std::size_t kFrameBytes = 128_KiB;
/// Servers send rows in pieces of this size: where so much has come, more is about to.
constexpr std::size_t kPieceBytes = 8_KiB;
constexpr int kMoreMilliseconds = 1;
/// Fewer are an answer or a question; compressing them would only take time.
constexpr std::size_t kWorthPacking = 200;
static_assert(kFrameBytes <= LinkFrame::kMostRawBytes);

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Pump::Pump(transport::Multiplexer& link, transport::Channel& channel, Endpoint& endpoint,
           const transport::Compression& compression)
    : link_(&link),
      channel_(&channel),
      endpoint_(&endpoint),
      levels_(compression, transport::FrameEncoder::kStore),
      gathered_(kFrameBytes) {}

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
      endpoint_deaf_ = true;  // it may have said why, and that is still to be read
    }
  }
  to_write_ = to_write_.subspan(took);
  if (to_write_.empty()) {
    const Status told = link_->give_credit(*channel_, arrived_->payload.size());
    if (!told) return fail(told.error());
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
    return fail(ErrorCode::connection_lost, "the other half of the link sent what makes no sense here");
  }
  const Result<std::span<const std::byte>> raw = unpacker_.unpack(arrived_->frame, arrived_->payload);
  if (!raw) return fail(raw.error());
  to_write_ = *raw;
  return Went::on;
}

Result<Pump::Went> Pump::send_out() {
  if (!channel_->may_send()) return Went::nowhere;
  const bool more = gather();
  if (gathered_bytes_ > 0) {
    if (const Status sent = send_gathered(); !sent) return fail(sent.error());
    return Went::on;
  }
  return more ? Went::nowhere : Went::to_the_end;
}

/// As much as fits a frame and comes without much waiting. False: the endpoint is closed.
bool Pump::gather() {
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
      waited_ += seconds_since(start);
      if (ready <= 0) break;
    }
  }
  return !endpoint_closed_;
}

Status Pump::send_gathered() {
  const std::span<const std::byte> raw(gathered_.data(), gathered_bytes_);
  LinkFrame frame{.kind = LinkFrame::Kind::data,
                  .channel = channel_->id(),
                  .raw_bytes = static_cast<std::uint32_t>(raw.size()),
                  .raw_hash = transport::hash64(raw)};
  std::span<const std::byte> stored = raw;
  const int level = levels_.level();
  const Clock::time_point start = Clock::now();
  if (level != transport::FrameEncoder::kStore && raw.size() >= kWorthPacking) {
    const Result<std::span<const std::byte>> packed = packer_.pack(raw, level);
    if (!packed) return fail(packed.error());
    stored = *packed;
    frame.coding = LinkFrame::Coding::zstd;
  }
  const double packed_seconds = seconds_since(start);
  frame.stored_bytes = static_cast<std::uint32_t>(stored.size());
  const Clock::time_point written = Clock::now();
  if (Status sent = link_->send(frame, stored); !sent) return sent;
  channel_->sent(stored.size());
  levels_.saw({.waited = waited_,
               .packed = packed_seconds,
               .wrote = blocked_ + seconds_since(written),
               .raw_bytes = raw.size(),
               .stored_bytes = stored.size(),
               .shrunk = stored.size() < raw.size() - raw.size() / 16});
  waited_ = 0;
  blocked_ = 0;
  gathered_bytes_ = 0;
  return {};
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
  (may_send ? waited_ : blocked_) += seconds_since(start);
}

}  // namespace pghaul::link
