#include "transport/link_frame.h"

#include <gtest/gtest.h>

#include <array>

namespace pghaul::transport {
namespace {

using Bytes = std::array<std::byte, LinkFrame::kBytes>;

const LinkFrame kFrame{.kind = LinkFrame::Kind::data,
                       .coding = LinkFrame::Coding::zstd,
                       .channel = 7,
                       .number = 0xFFFFFFFF,
                       .raw_bytes = 1000,
                       .stored_bytes = 300,
                       .raw_hash = 0x0123456789ABCDEF};

Bytes written(const LinkFrame& frame) {
  Bytes bytes{};
  frame.write(bytes);
  return bytes;
}

TEST(LinkFrame, ComesBackAsItWas) {
  const Result<LinkFrame> read = LinkFrame::read(written(kFrame));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->kind, kFrame.kind);
  EXPECT_EQ(read->coding, kFrame.coding);
  EXPECT_EQ(read->channel, 7U);
  EXPECT_EQ(read->number, 0xFFFFFFFF);
  EXPECT_EQ(read->raw_bytes, 1000U);
  EXPECT_EQ(read->stored_bytes, 300U);
  EXPECT_EQ(read->raw_hash, kFrame.raw_hash);
}

TEST(LinkFrame, IsRefusedWithABitThatWasTurned) {
  const Bytes good = written(kFrame);
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    Bytes bytes = good;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_FALSE(LinkFrame::read(bytes)) << bit;
  }
}

TEST(LinkFrame, IsRefusedWithSizesThatNoHalfSends) {
  LinkFrame huge = kFrame;
  huge.raw_bytes = LinkFrame::kMostRawBytes + 1;
  EXPECT_FALSE(LinkFrame::read(written(huge)));
  huge = kFrame;
  huge.stored_bytes = LinkFrame::kMostStoredBytes + 1;
  EXPECT_FALSE(LinkFrame::read(written(huge)));
}

}  // namespace
}  // namespace pghaul::transport
