#include <gtest/gtest.h>
#include <sys/resource.h>

#include <functional>

#include "base/units.h"
#include "pipeline/lane.h"
#include "support/memory_bytes.h"
#include "support/memory_sink.h"
#include "support/memory_source.h"
#include "support/rows.h"
#include "transport/frame_reader.h"
#include "transport/frame_writer.h"
#include "verify/row_digest.h"

namespace pghaul::transport {
namespace {

using support::make_rows;
using support::MemoryInput;
using support::MemoryOutput;
using support::MemorySink;
using support::MemorySource;
using support::RowSet;
using Bytes = std::vector<std::byte>;

RowSet text_rows(std::size_t count) {
  RowSet set;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string text =
        std::to_string(i) + "\tsomebody@example.com\t" + std::to_string(i * 7 % 1000) + "\n";
    const auto bytes = std::as_bytes(std::span(text));
    set.rows.emplace_back(bytes.begin(), bytes.end());
  }
  return set;
}

Bytes framed(const RowSet& rows, int level = 3, std::size_t frame_bytes = 64_KiB,
             std::size_t chunk_bytes = 16_KiB) {
  FrameEncoder encoder(frame_bytes);
  LevelChooser levels({level}, FrameEncoder::kStore);
  MemoryOutput output;
  FrameWriter writer(encoder, levels, output);
  MemorySource source(rows);
  pipeline::Lane lane({.chunks = 2, .chunk_bytes = chunk_bytes});
  verify::RowDigest digest;
  EXPECT_TRUE(lane.run(source, writer, digest));
  EXPECT_EQ(writer.written().rows, rows.rows.size());
  EXPECT_EQ(writer.written().bytes, output.bytes.size());
  return output.bytes;
}

Status unframe(Bytes bytes, MemorySink& sink) {
  FrameDecoder decoder;
  MemoryInput input(std::move(bytes));
  FrameReader reader(decoder, input);
  pipeline::Lane lane({.chunks = 2, .chunk_bytes = 16_KiB});
  verify::RowDigest digest;
  return lane.run(reader, sink, digest);
}

Status unframe(Bytes bytes) {
  MemorySink sink;
  return unframe(std::move(bytes), sink);
}

void expect_round_trip(const RowSet& rows, int level) {
  MemorySink sink;
  const Status read = unframe(framed(rows, level), sink);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(sink.rows(), rows.rows);
}

TEST(Frames, GiveBackTheRows) {
  for (const int level : {FrameEncoder::kStore, -4, 1, 3, 9}) {
    expect_round_trip(text_rows(20'000), level);
    expect_round_trip(make_rows(2'000, 0, 900, 7), level);
  }
}

TEST(Frames, GiveBackNoRows) {
  expect_round_trip({}, 3);
  EXPECT_EQ(framed({}).size(), FrameHeader::kBytes);
}

TEST(Frames, GiveBackARowThatIsWiderThanAFrame) {
  RowSet rows = text_rows(10);
  rows.rows[4].assign(5_MiB, std::byte{'x'});
  rows.rows[6] = make_rows(1, 3_MiB, 3_MiB, 5).rows[0];
  expect_round_trip(rows, 3);
}

TEST(Frames, StoreWhatDoesNotShrink) {
  const RowSet rows = make_rows(1'000, 100, 100, 3);
  const Bytes bytes = framed(rows);
  EXPECT_LT(bytes.size(), rows.bytes() + rows.rows.size() + 4 * FrameHeader::kBytes);
}

/// Each value comes again, but 2.8 MiB later.
TEST(Frames, FindWhatLargeValuesHaveInCommon) {
  const RowSet once = make_rows(350, 8_KiB, 8_KiB, 11);
  RowSet rows;
  for (int i = 0; i < 2; ++i) rows.rows.insert(rows.rows.end(), once.rows.begin(), once.rows.end());
  EXPECT_LT(framed(rows, 1, 2_MiB, 256_KiB).size(), rows.bytes() * 6 / 10);
}

TEST(Frames, OfAReusedEncoderDoNotRememberTheLastStream) {
  FrameEncoder encoder(64_KiB);
  LevelChooser levels({3}, FrameEncoder::kStore);
  const RowSet rows = text_rows(3);
  pipeline::Chunk chunk(16_KiB);
  for (const auto& row : rows.rows) chunk.append(row);
  MemoryOutput lost;
  FrameWriter abandoned(encoder, levels, lost);
  ASSERT_TRUE(abandoned.drain(chunk));
  abandoned.abandon("the source failed");
  MemoryOutput kept;
  FrameWriter writer(encoder, levels, kept);
  ASSERT_TRUE(writer.drain(chunk));
  ASSERT_TRUE(writer.finish());
  MemorySink sink;
  const Status read = unframe(kept.bytes, sink);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(sink.rows(), rows.rows);
}

/// Not every bit of what zstd writes matters: the rows may be right all the same.
TEST(Frames, GiveAnErrorWithANameOrTheRightRowsWhateverBitIsFlipped) {
  const RowSet rows = text_rows(300);
  const Bytes good = framed(rows, 3, 4_KiB, 1_KiB);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] ^= static_cast<std::byte>(1U << (at % 8));
    MemorySink sink;
    const Status read = unframe(std::move(bad), sink);
    if (read) {
      EXPECT_EQ(sink.rows(), rows.rows) << "byte " << at;
      continue;
    }
    ++refused;
    EXPECT_EQ(read.error().message.find("frame "), 0U) << read.error().message;
    EXPECT_NE(read.error().message.find(" of rows.frames (at byte "), std::string::npos);
  }
  EXPECT_GT(refused, good.size() * 9 / 10);
}

TEST(Frames, AreRefusedWhereverTheyAreCutOff) {
  const Bytes good = framed(text_rows(300), 3, 4_KiB, 1_KiB);
  for (std::size_t bytes = 0; bytes < good.size(); ++bytes) {
    EXPECT_FALSE(unframe(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(bytes)))) << bytes;
  }
}

TEST(Frames, AreRefusedWhenSomethingFollows) {
  Bytes bytes = framed(text_rows(3));
  bytes.push_back(std::byte{0});
  const Status read = unframe(bytes);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("follows"), std::string::npos) << read.error().message;
}

Bytes frame(FrameHeader header, const Bytes& stored) {
  Bytes bytes(FrameHeader::kBytes);
  header.write(std::span<std::byte, FrameHeader::kBytes>(bytes.data(), FrameHeader::kBytes));
  bytes.insert(bytes.end(), stored.begin(), stored.end());
  return bytes;
}

TEST(Frames, AreRefusedInTheWrongOrder) {
  const Bytes two = framed(text_rows(300), 0, 4_KiB, 1_KiB);
  MemoryInput input(two);
  FrameDecoder decoder;
  ASSERT_TRUE(decoder.next(input));
  const Status read = unframe(frame({.number = 1}, {}));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("out of order"), std::string::npos) << read.error().message;
}

/// An adversary who computes hashes correctly.
void expect_refusal(FrameHeader header, const Bytes& stored, const char* words) {
  const Status read = unframe(frame(header, stored));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find(words), std::string::npos) << read.error().message;
}

Bytes of(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(Frames, AreRefusedWithLengthsThatDoNotAddUp) {
  for (const Bytes& raw : {of({'a', 'b', 1, 2}), of({'a', 'b', 0, 0}), of({'a', 'b', 2, 0x80})}) {
    expect_refusal({.rows = 2, .row_bytes = 2, .raw_bytes = 4, .stored_bytes = 4, .raw_hash = hash128(raw)},
                   raw, "length");
  }
  const Bytes raw = of({'a', 'b', 1, 1, 0});
  expect_refusal({.rows = 2, .row_bytes = 2, .raw_bytes = 5, .stored_bytes = 5, .raw_hash = hash128(raw)},
                 raw, "add up");
}

TEST(Frames, AreRefusedWithCountsThatDoNotAddUp) {
  const Bytes raw = of({'a', 1});
  const Hash128 hash = hash128(raw);
  using Coding = FrameHeader::Coding;
  expect_refusal({.rows = 0, .row_bytes = 1, .raw_bytes = 2, .stored_bytes = 2, .raw_hash = hash}, raw,
                 "rows");
  expect_refusal({.rows = 1, .row_bytes = 3, .raw_bytes = 2, .stored_bytes = 2, .raw_hash = hash}, raw,
                 "add up");
  expect_refusal({.rows = 7, .row_bytes = 1, .raw_bytes = 2, .stored_bytes = 2, .raw_hash = hash}, raw,
                 "add up");
  expect_refusal({.rows = 1, .row_bytes = 1, .raw_bytes = 2, .stored_bytes = 1, .raw_hash = hash}, raw,
                 "add up");
  expect_refusal({.coding = Coding::zstd, .rows = 1, .row_bytes = 1, .raw_bytes = 2, .stored_bytes = 2}, raw,
                 "add up");
}

std::int64_t most_memory_used() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss * 1024L;
}

TEST(Frames, ThatAnnounceTooMuchTakeNoMemory) {
  const std::int64_t before = most_memory_used();
  FrameHeader many{.rows = 1'000'000, .row_bytes = 2'000'000'000, .raw_bytes = 2'001'000'000};
  many.stored_bytes = many.raw_bytes;
  expect_refusal(many, {}, "more than");
  FrameHeader one{.rows = 1, .row_bytes = 2'000'000'000, .raw_bytes = 2'000'000'005};
  one.stored_bytes = one.raw_bytes;
  expect_refusal(one, {}, "more than");
  FrameHeader wide{.rows = 1, .row_bytes = 1'000'000'000, .raw_bytes = 1'000'000'005};
  wide.stored_bytes = wide.raw_bytes;
  expect_refusal(wide, of({1, 2, 3}), "only 3 of its");
  EXPECT_LT(most_memory_used() - before, 100'000'000);
}

TEST(Frames, ThatUnpackToMoreThanTheyAnnounceAreRefused) {
  FrameEncoder encoder(1_MiB);
  pipeline::Chunk chunk(512_KiB);
  chunk.append(Bytes(400'000, std::byte{0}));
  encoder.append(chunk);
  const Result<std::span<const std::byte>> packed = encoder.pack(3);
  ASSERT_TRUE(packed);
  FrameHeader lie = encoder.header();
  lie.raw_bytes = 1000;
  lie.row_bytes = 998;
  expect_refusal(lie, Bytes(packed->begin() + FrameHeader::kBytes, packed->end()), "unpack");
}

TEST(Frames, OfAnotherVersionAreRefusedForThat) {
  Bytes bytes = framed({});
  bytes[4] = std::byte{2};
  const Status read = unframe(bytes);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("version 2"), std::string::npos) << read.error().message;
}

}  // namespace
}  // namespace pghaul::transport
