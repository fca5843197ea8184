#include "transport/copy_messages.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/binary_rows.h"
#include "transport/link_frame.h"
#include "transport/stream_packer.h"
#include "transport/stream_unpacker.h"

namespace pghaul::transport {
namespace {

using support::binary;
using support::BinaryRow;
using support::bytes_of;
using support::message;
using support::number;

std::vector<BinaryRow> orders(std::uint64_t count) {
  std::vector<BinaryRow> rows;
  for (std::uint64_t i = 0; i < count; ++i) {
    rows.push_back(
        {number(i, 8), i % 7 == 0 ? std::nullopt : std::optional("customer " + std::to_string(i % 50))});
  }
  return rows;
}

/// Makes messages as a server sends them.
std::string one_each(const std::vector<BinaryRow>& rows) {
  std::string text;
  for (const BinaryRow& row : rows) text += message('d', binary(row));
  return text;
}

/// Makes messages as they are sent to a server: `size` rows in each.
std::string some_each(const std::vector<BinaryRow>& rows, std::size_t size) {
  std::string text;
  for (std::size_t at = 0; at < rows.size(); at += size) {
    std::string body;
    for (std::size_t i = at; i < std::min(at + size, rows.size()); ++i) body += binary(rows[i]);
    text += message('d', body);
  }
  return text;
}

std::string back(std::span<const std::byte> arranged, std::size_t size) {
  CopyMessages messages;
  std::string text(size, '\0');
  return messages.restore(arranged, std::as_writable_bytes(std::span(text))) ? text : "not restored";
}

TEST(CopyMessages, BecomeTheSameMessagesAgain) {
  CopyMessages messages;
  for (const std::string& text : {one_each(orders(2)), one_each(orders(1000)), some_each(orders(1000), 300),
                                  some_each(orders(1000), 1000), some_each(orders(10), 2)}) {
    ASSERT_TRUE(messages.arrange(bytes_of(text)));
    EXPECT_LT(messages.bytes().size(), text.size());
    EXPECT_EQ(back(messages.bytes(), text.size()), text);
  }
}

TEST(CopyMessages, ThatAreCutElsewhereThanRowsAreBecomeTheSameAgain) {
  const std::string rows = binary(orders(100));
  std::string text;
  for (std::size_t at = 0; at < rows.size(); at += 777) text += message('d', rows.substr(at, 777));
  text += message('d', "");
  CopyMessages messages;
  ASSERT_TRUE(messages.arrange(bytes_of(text)));
  EXPECT_EQ(back(messages.bytes(), text.size()), text);
}

TEST(CopyMessages, OfOtherContentsAreLeftAsTheyAre) {
  CopyMessages messages;
  EXPECT_FALSE(messages.arrange(bytes_of(message('d', "1\tone\n") + message('d', "2\ttwo\n")))) << "text";
  EXPECT_FALSE(messages.arrange(bytes_of(one_each(orders(10)) + message('c', "")))) << "another message";
  EXPECT_FALSE(messages.arrange(bytes_of(one_each(orders(10)) + message('d', "\xFF\xFF")))) << "a trailer";
  EXPECT_FALSE(messages.arrange(bytes_of(one_each(orders(10)).substr(0, 200)))) << "a part of one";
  EXPECT_FALSE(messages.arrange(bytes_of("d"))) << "a part of a head";
  EXPECT_FALSE(messages.arrange(bytes_of(one_each(orders(10)) + "d" + number(3, 4)))) << "no length at all";
  EXPECT_FALSE(messages.arrange({}));
}

TEST(CopyMessages, ThatWereChangedBecomeNothingThatDoesNotFit) {
  for (const std::string& text : {one_each(orders(20)), some_each(orders(20), 7)}) {
    CopyMessages messages;
    ASSERT_TRUE(messages.arrange(bytes_of(text)));
    const std::vector<std::byte> arranged(messages.bytes().begin(), messages.bytes().end());
    EXPECT_EQ(back(arranged, text.size() + 1), "not restored");
    EXPECT_EQ(back(arranged, text.size() - 1), "not restored");
    EXPECT_EQ(back(arranged, 0), "not restored");
    for (std::size_t size = 0; size < arranged.size(); ++size) {
      EXPECT_EQ(back(std::span(arranged).first(size), text.size()), "not restored") << size;
    }
    for (std::size_t at = 0; at < arranged.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::vector<std::byte> changed = arranged;
        changed[at] ^= static_cast<std::byte>(1 << bit);
        EXPECT_NE(back(changed, text.size()), text) << at;
      }
    }
  }
}

TEST(CopyMessages, CrossInTheSameStreamAsOtherBytes) {
  StreamPacker packer;
  StreamUnpacker unpacker;
  CopyMessages messages;
  for (int round = 0; round < 20; ++round) {
    const bool rows = round % 3 != 0;
    const std::string raw = rows ? one_each(orders(500)) : "an answer, number " + std::to_string(round);
    if (rows) {
      ASSERT_TRUE(messages.arrange(bytes_of(raw)));
    }
    const auto stored = packer.pack(rows ? messages.bytes() : bytes_of(raw), round < 10 ? 1 : 3);
    ASSERT_TRUE(stored) << stored.error().message;
    const LinkFrame frame{.coding = rows ? LinkFrame::Coding::zstd_by_column : LinkFrame::Coding::zstd,
                          .raw_bytes = static_cast<std::uint32_t>(raw.size()),
                          .stored_bytes = static_cast<std::uint32_t>(stored->size()),
                          .raw_hash = hash64(bytes_of(raw))};
    const auto again = unpacker.unpack(frame, *stored);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(support::text_of(*again), raw);
  }
}

TEST(CopyMessages, ThatAreNotWhatAFrameSaysAreAnErrorWithItsNumber) {
  const std::string raw = one_each(orders(100));
  StreamPacker packer;
  const auto packed = packer.pack(bytes_of(raw), 1);  // not arranged
  ASSERT_TRUE(packed);
  const LinkFrame frame{.coding = LinkFrame::Coding::zstd_by_column,
                        .number = 7,
                        .raw_bytes = static_cast<std::uint32_t>(raw.size()),
                        .stored_bytes = static_cast<std::uint32_t>(packed->size()),
                        .raw_hash = hash64(bytes_of(raw))};
  StreamUnpacker unpacker;
  const auto unpacked = unpacker.unpack(frame, *packed);
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().code, ErrorCode::connection_lost);
  EXPECT_NE(unpacked.error().message.find("frame 7"), std::string::npos) << unpacked.error().message;
}

}  // namespace
}  // namespace pghaul::transport
