#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "link/far_digest.h"
#include "link/greeting.h"
#include "link/piece_cutter.h"
#include "link/remote_request.h"
#include "link/sign_in.h"
#include "support/memory_bytes.h"
#include "transport/copy_messages.h"
#include "transport/multiplexer.h"
#include "transport/stream_unpacker.h"

namespace {

using namespace pghaul;

/// Reads the bytes as a link: the other half may send anything, which gives frames or an error, nothing else.
void read_as_link(std::span<const std::byte> bytes) {
  support::MemoryInput input({bytes.begin(), bytes.end()});
  support::MemoryOutput output;
  transport::Multiplexer link(input, output);
  const std::shared_ptr<transport::Channel> channel = link.join(1);
  [[maybe_unused]] const Status ended =
      link.run([](const transport::Channel::Arrived&) -> Status { return {}; });
  transport::StreamUnpacker unpacker;
  while (const auto arrived = channel->take()) {
    [[maybe_unused]] const auto raw = unpacker.unpack(arrived->frame, arrived->payload);
  }
}

/// Reads the bytes as the payload of frames whose headers are right: to reach what comes behind the hashes.
void read_as_payload(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return;
  const auto small = [&](std::size_t at) { return std::to_integer<std::uint32_t>(bytes[at]); };
  const std::span<const std::byte> payload = bytes.subspan(4);
  const auto size = static_cast<std::uint32_t>(payload.size());
  const std::uint32_t coding = std::min(small(0) >> 6, 2U);
  transport::LinkFrame frame{.kind = static_cast<transport::LinkFrame::Kind>(1 + small(0) % 11),
                             .coding = static_cast<transport::LinkFrame::Coding>(coding),
                             .channel = small(1) & 3,
                             .raw_bytes = coding != 0 ? small(2) * 256 + small(3) : size,
                             .stored_bytes = size,
                             .raw_hash = transport::hash64(payload)};
  std::vector<std::byte> stream;
  for (frame.number = 0; frame.number < 2; ++frame.number) {
    std::array<std::byte, transport::LinkFrame::kBytes> header{};
    frame.write(header);
    stream.insert(stream.end(), header.begin(), header.end());
    stream.insert(stream.end(), payload.begin(), payload.end());
  }
  read_as_link(stream);
}

/// Reads the bytes as rows by column, of as many bytes of messages as the first two say.
void read_as_columns(std::span<const std::byte> bytes) {
  if (bytes.size() < 2) return;
  std::vector<std::byte> messages(std::to_integer<std::size_t>(bytes[0]) << 8 |
                                  std::to_integer<std::size_t>(bytes[1]));
  transport::CopyMessages columns;
  [[maybe_unused]] const bool restored = columns.restore(bytes.subspan(2), messages);
}

/// Sends the bytes as a connection's: cut into pieces and arranged, they have to become the same again.
void send_as_pieces(std::span<const std::byte> bytes) {
  link::PieceCutter cutter(4'096);
  while (!bytes.empty()) {
    const auto piece = cutter.next(bytes.first(std::min<std::size_t>(bytes.size(), 4'096)));
    if (piece.bytes == 0) return;
    const std::span<const std::byte> sent = bytes.first(piece.bytes);
    bytes = bytes.subspan(piece.bytes);
    transport::CopyMessages columns;
    if (!columns.arrange(sent)) continue;
    std::vector<std::byte> messages(sent.size());
    transport::CopyMessages others;
    if (!others.restore(columns.bytes(), messages) || !std::ranges::equal(messages, sent)) std::abort();
  }
}

/// Reads the bytes as the content of frames, and as a server's messages.
void read_as_content(std::span<const std::byte> bytes) {
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  [[maybe_unused]] const auto fields = link::unpack_fields(text);
  [[maybe_unused]] const Error error = link::unpack_error(text);
  [[maybe_unused]] const auto errand = link::unpack_request(text);
  [[maybe_unused]] const Status greeted = link::check_greeting(text);
  for (const bool binary : {false, true}) {
    link::FarDigest digest(binary);
    std::vector<std::byte> out;
    digest.pass(bytes, out);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  read_as_link(bytes);
  read_as_payload(bytes);
  read_as_columns(bytes);
  send_as_pieces(bytes);
  read_as_content(bytes);
  return 0;
}
