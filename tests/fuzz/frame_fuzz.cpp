#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "pipeline/chunk.h"
#include "support/memory_bytes.h"
#include "transport/columns.h"
#include "transport/frame_encoder.h"
#include "transport/frame_reader.h"
#include "verify/read_back.h"

namespace {

using namespace pghaul;

/// Reads the bytes as frames: any bytes give rows or an error, nothing else.
void read_as_frames(std::span<const std::byte> bytes) {
  support::MemoryInput input({bytes.begin(), bytes.end()});
  transport::FrameDecoder decoder;
  transport::FrameReader reader(decoder, input);
  pipeline::Chunk chunk(4096);
  [[maybe_unused]] const Result<verify::Digest> digest = verify::read_back(reader, chunk);
}

/// Reads the bytes as the payload of a frame whose header is right: to reach what comes behind the hashes.
void read_as_payload(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return;
  const auto small = [&](std::size_t at) { return std::to_integer<std::uint32_t>(bytes[at]); };
  const std::span<const std::byte> payload = bytes.subspan(4);
  const auto size = static_cast<std::uint32_t>(payload.size());
  const transport::FrameHeader header{.coding = static_cast<transport::FrameHeader::Coding>(small(0) % 3),
                                      .rows = small(1),
                                      .row_bytes = small(2) | small(3) << 8,
                                      .raw_bytes = small(0) % 3 != 0 ? small(2) * 64 : size,
                                      .stored_bytes = size,
                                      .raw_hash = transport::hash128(payload)};
  std::vector<std::byte> frame(transport::FrameHeader::kBytes);
  header.write(std::span<std::byte, transport::FrameHeader::kBytes>(frame.data(), frame.size()));
  frame.insert(frame.end(), payload.begin(), payload.end());
  read_as_frames(frame);
}

/// Reads the bytes as rows, and as rows arranged by column.
void read_as_columns(std::span<const std::byte> bytes) {
  if (bytes.size() < 2) return;
  const auto count = std::to_integer<std::size_t>(bytes[0]);
  const std::size_t size = std::to_integer<std::size_t>(bytes[1]) * 8;
  const std::span<const std::byte> rest = bytes.subspan(2);
  transport::Columns columns;
  std::vector<std::byte> rows(size);
  [[maybe_unused]] const bool restored = columns.restore(rest, count, rows);
  if (!columns.arrange(rest)) return;
  const std::size_t arranged_rows = columns.rows();
  const std::vector<std::byte> arranged(columns.bytes().begin(), columns.bytes().end());
  rows.resize(rest.size());
  if (!columns.restore(arranged, arranged_rows, rows) || !std::equal(rows.begin(), rows.end(), rest.begin()))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  read_as_frames(bytes);
  read_as_payload(bytes);
  read_as_columns(bytes);
  return 0;
}
