#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "pipeline/chunk.h"
#include "support/memory_bytes.h"
#include "transport/frame_encoder.h"
#include "transport/frame_reader.h"
#include "verify/read_back.h"

namespace {

using namespace pghaul;

/// Whatever the bytes are: rows or an error, nothing else.
void read_as_frames(std::span<const std::byte> bytes) {
  support::MemoryInput input({bytes.begin(), bytes.end()});
  transport::FrameDecoder decoder;
  transport::FrameReader reader(decoder, input);
  pipeline::Chunk chunk(4096);
  [[maybe_unused]] const Result<verify::Digest> digest = verify::read_back(reader, chunk);
}

/// The bytes as the payload of a frame whose header is right: to reach what comes behind the hashes.
void read_as_payload(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return;
  const auto small = [&](std::size_t at) { return std::to_integer<std::uint32_t>(bytes[at]); };
  const std::span<const std::byte> payload = bytes.subspan(4);
  const auto size = static_cast<std::uint32_t>(payload.size());
  const transport::FrameHeader header{.coding = static_cast<transport::FrameHeader::Coding>(small(0) & 1),
                                      .rows = small(1),
                                      .row_bytes = small(2) | small(3) << 8,
                                      .raw_bytes = (small(0) & 1) != 0 ? small(2) * 64 : size,
                                      .stored_bytes = size,
                                      .raw_hash = transport::hash128(payload)};
  std::vector<std::byte> frame(transport::FrameHeader::kBytes);
  header.write(std::span<std::byte, transport::FrameHeader::kBytes>(frame.data(), frame.size()));
  frame.insert(frame.end(), payload.begin(), payload.end());
  read_as_frames(frame);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  read_as_frames(bytes);
  read_as_payload(bytes);
  return 0;
}
