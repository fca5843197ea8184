#include "pipeline/lane.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "support/memory_sink.h"
#include "support/memory_source.h"
#include "support/rows.h"
#include "support/seed.h"
#include "support/waiting_ends.h"
#include "verify/row_digest.h"

namespace pghaul::pipeline {
namespace {

using support::make_rows;
using support::MemorySink;
using support::MemorySource;
using support::RowSet;
using support::WaitingSink;
using support::WaitingSource;
using verify::RowDigest;

const Error kSourceFailed{ErrorCode::connection_lost, "the source failed", {}, {}};
const Error kSinkFailed{ErrorCode::server_error, "the sink failed", {}, {}};

/// Numbers for one test; the same for the same seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::size_t up_to(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(random_); }
  bool toss() { return up_to(1) == 1; }
  Lane lane() { return Lane({.chunks = 1 + up_to(7), .chunk_bytes = 1 + up_to(500)}); }

 private:
  std::mt19937_64 random_;
};

bool is_beginning_of(const std::vector<std::vector<std::byte>>& part, const RowSet& whole) {
  return part.size() <= whole.rows.size() && std::equal(part.begin(), part.end(), whole.rows.begin());
}

TEST(LaneUnderStress, BringsManyRowsThroughTinyChunks) {
  const std::uint64_t seed = support::seed_of_this_run();
  const RowSet rows = make_rows(100'000, 1, 60, seed);
  for (const std::size_t chunks : {1, 2, 4}) {
    MemorySource source(rows);
    MemorySink sink;
    RowDigest digest;
    ASSERT_TRUE(Lane({.chunks = chunks, .chunk_bytes = 64}).run(source, sink, digest));
    EXPECT_EQ(sink.rows(), rows.rows);
    EXPECT_EQ(digest.digest().rows, rows.rows.size());
    EXPECT_EQ(digest.digest().bytes, rows.bytes());
  }
}

TEST(LaneUnderStress, TellsTheTruthWhereverEitherSideFails) {
  Dice dice(support::seed_of_this_run());
  const RowSet rows = make_rows(2000, 1, 60, dice.up_to(1'000'000));
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    MemorySource source(rows);
    MemorySink sink;
    const bool source_fails = dice.toss();
    const bool sink_fails = dice.toss();
    if (source_fails) source.fail_after(dice.up_to(rows.rows.size() - 1), kSourceFailed);
    if (sink_fails) sink.fail_after(dice.up_to(rows.rows.size() - 1), kSinkFailed);
    RowDigest digest;
    Lane lane = dice.lane();
    const Status done = lane.run(source, sink, digest);

    ASSERT_EQ(done.has_value(), !source_fails && !sink_fails);
    ASSERT_EQ(sink.finished(), done.has_value());
    ASSERT_TRUE(is_beginning_of(sink.rows(), rows));
    if (done) {
      ASSERT_EQ(sink.rows().size(), rows.rows.size());
    } else {
      const bool names_the_source = source_fails && done.error().message == kSourceFailed.message;
      const bool names_the_sink = sink_fails && done.error().message == kSinkFailed.message;
      ASSERT_TRUE(names_the_source || names_the_sink) << done.error().message;
      ASSERT_EQ(sink.abandoned(), done.error().message);
    }
    MemorySource same_rows(rows);
    MemorySink second_sink;
    ASSERT_TRUE(lane.run(same_rows, second_sink, digest));
    ASSERT_EQ(second_sink.rows(), rows.rows);
  }
}

TEST(LaneUnderStress, StopsASourceThatWaits) {
  Dice dice(support::seed_of_this_run());
  const RowSet rows = make_rows(200, 1, 60, dice.up_to(1'000'000));
  for (int round = 0; round < 1000; ++round) {
    WaitingSource source(rows);
    MemorySink sink;
    sink.fail_after(rows.rows.size() - 1 - dice.up_to(20), kSinkFailed);
    RowDigest digest;
    const Status done = dice.lane().run(source, sink, digest);
    ASSERT_FALSE(done);
    ASSERT_EQ(done.error().message, "the sink failed") << "in round " << round;
  }
}

TEST(LaneUnderStress, StopsASinkThatWaits) {
  Dice dice(support::seed_of_this_run());
  const RowSet rows = make_rows(200, 1, 60, dice.up_to(1'000'000));
  for (int round = 0; round < 1000; ++round) {
    MemorySource source(rows);
    source.fail_after(dice.up_to(2), kSourceFailed);
    WaitingSink sink;
    RowDigest digest;
    const Status done = Lane({.chunks = 4, .chunk_bytes = 16}).run(source, sink, digest);
    ASSERT_FALSE(done);
    ASSERT_EQ(done.error().message, "the source failed") << "in round " << round;
    ASSERT_EQ(sink.abandoned(), "the source failed");
  }
}

}  // namespace
}  // namespace pghaul::pipeline
