#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "support/memory_bytes.h"
#include "support/seed.h"
#include "transport/link_frame.h"
#include "transport/multiplexer.h"
#include "transport/stream_packer.h"
#include "transport/stream_unpacker.h"

namespace pghaul::transport {
namespace {

using support::MemoryInput;
using support::MemoryOutput;

std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

LinkFrame frame_of(std::span<const std::byte> raw, std::span<const std::byte> stored) {
  return {.coding = LinkFrame::Coding::zstd,
          .channel = 1,
          .raw_bytes = static_cast<std::uint32_t>(raw.size()),
          .stored_bytes = static_cast<std::uint32_t>(stored.size()),
          .raw_hash = hash64(raw)};
}

TEST(StreamPacker, GivesEachPieceAtOnceAndRemembersTheOnesBefore) {
  StreamPacker packer;
  StreamUnpacker unpacker;
  const std::string text = "an order of 3 lines, number ";
  std::size_t first = 0;
  std::size_t last = 0;
  for (int i = 0; i < 200; ++i) {
    std::string raw;
    for (int line = 0; line < 20; ++line) raw += text + std::to_string(i * 31 + line);
    const int level = i < 100 ? 1 : 7;  // another level in between
    const auto stored = packer.pack(as_bytes(raw), level);
    ASSERT_TRUE(stored) << stored.error().message;
    const auto again = unpacker.unpack(frame_of(as_bytes(raw), *stored), *stored);
    ASSERT_TRUE(again) << again.error().message;
    ASSERT_EQ(as_text(*again), raw);
    if (i == 0) first = stored->size();
    last = stored->size();
  }
  EXPECT_LT(last, first);
}

TEST(StreamUnpacker, BelievesNoSizeAndNoByte) {
  const std::string raw(50'000, 'x');
  StreamPacker packer;
  const auto packed = packer.pack(as_bytes(raw), 3);
  ASSERT_TRUE(packed);
  const std::vector<std::byte> stored(packed->begin(), packed->end());
  for (const std::size_t told : {raw.size() - 1, raw.size() + 1, std::size_t{0}}) {
    LinkFrame frame = frame_of(as_bytes(raw), stored);
    frame.raw_bytes = static_cast<std::uint32_t>(told);
    StreamUnpacker unpacker;
    EXPECT_FALSE(unpacker.unpack(frame, stored)) << told;
  }
  for (std::size_t at = 0; at < stored.size(); ++at) {
    std::vector<std::byte> damaged = stored;
    damaged[at] ^= std::byte{4};
    StreamUnpacker unpacker;
    const auto unpacked = unpacker.unpack(frame_of(as_bytes(raw), stored), damaged);
    if (unpacked) {
      EXPECT_EQ(as_text(*unpacked), raw) << at;  // a bit that means nothing
    } else {
      EXPECT_NE(unpacked.error().message.find("frame 0"), std::string::npos);
    }
  }
}

/// Runs a multiplexer over these frames, up to its first error.
Status run(const std::vector<std::byte>& bytes, Channel*& channel, std::shared_ptr<Channel>& kept) {
  MemoryInput input(bytes);
  MemoryOutput output;
  Multiplexer link(input, output);
  kept = link.join(1);
  channel = kept.get();
  return link.run(
      [](const Channel::Arrived&) -> Status { return fail(ErrorCode::connection_lost, "not expected"); });
}

std::vector<std::byte> two_frames() {
  MemoryInput nothing({});
  MemoryOutput output;
  Multiplexer link(nothing, output);
  EXPECT_TRUE(link.send(LinkFrame::Kind::data, 1, "first"));
  EXPECT_TRUE(link.send(LinkFrame::Kind::data, 1, "second"));
  return output.bytes;
}

TEST(Multiplexer, DeliversFramesInOrder) {
  Channel* channel = nullptr;
  std::shared_ptr<Channel> kept;
  ASSERT_TRUE(run(two_frames(), channel, kept));
  EXPECT_EQ(as_text(channel->take()->payload), "first");
  EXPECT_EQ(as_text(channel->take()->payload), "second");
  EXPECT_FALSE(channel->take());
}

TEST(Multiplexer, LetsChannelsBeginInAnyOrder) {
  MemoryInput nothing({});
  MemoryOutput output;
  Multiplexer near_half(nothing, output);
  for (const std::uint32_t channel : {7U, 5U}) ASSERT_TRUE(near_half.send(LinkFrame::Kind::open, channel));
  ASSERT_TRUE(near_half.send(LinkFrame::Kind::request, 6));
  ASSERT_TRUE(near_half.send(LinkFrame::Kind::data, 4, "for a channel that was left"));
  MemoryInput input(output.bytes);
  Multiplexer far_half(input, output);
  std::vector<std::uint32_t> begun;
  const Status ended = far_half.run([&](const Channel::Arrived& arrived) -> Status {
    begun.push_back(arrived.frame.channel);
    (void)far_half.join(arrived.frame.channel);
    return {};
  });
  EXPECT_TRUE(ended);
  EXPECT_EQ(begun, (std::vector<std::uint32_t>{7, 5, 6}));
}

TEST(Multiplexer, NoticesEveryBitThatIsTurned) {
  const std::vector<std::byte> good = two_frames();
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<std::byte> damaged = good;
      damaged[at] ^= static_cast<std::byte>(1 << bit);
      Channel* channel = nullptr;
      std::shared_ptr<Channel> kept;
      const Status ended = run(damaged, channel, kept);
      ASSERT_FALSE(ended) << at;
      EXPECT_NE(ended.error().message.find("frame "), std::string::npos) << ended.error().message;
    }
  }
}

TEST(Multiplexer, NoticesFramesThatAreMissingCutOrRepeated) {
  const std::vector<std::byte> good = two_frames();
  const std::size_t second = LinkFrame::kBytes + 5;
  std::vector<std::vector<std::byte>> bad;
  bad.emplace_back(good.begin() + static_cast<std::ptrdiff_t>(second), good.end());
  bad.emplace_back(good.begin(), good.end() - 1);
  bad.emplace_back(good.begin(), good.begin() + 10);
  bad.push_back(good);
  bad.back().insert(bad.back().end(), good.begin() + static_cast<std::ptrdiff_t>(second), good.end());
  for (const std::vector<std::byte>& bytes : bad) {
    Channel* channel = nullptr;
    std::shared_ptr<Channel> kept;
    EXPECT_FALSE(run(bytes, channel, kept));
  }
}

TEST(Multiplexer, StopsAnotherHalfThatSendsMoreThanItMay) {
  MemoryInput nothing({});
  MemoryOutput output;
  Multiplexer link(nothing, output);
  const std::string piece(LinkFrame::kMostRawBytes, 'x');
  for (std::size_t sent = 0; sent < 2 * Channel::kWindow; sent += piece.size()) {
    ASSERT_TRUE(link.send(LinkFrame::Kind::data, 1, piece));
  }
  Channel* channel = nullptr;
  std::shared_ptr<Channel> kept;
  EXPECT_FALSE(run(output.bytes, channel, kept));
}

}  // namespace
}  // namespace pghaul::transport
