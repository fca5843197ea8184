#include "pipeline/lane.h"

#include <gtest/gtest.h>

#include <atomic>
#include <new>

#include "base/units.h"
#include "support/counting_tap.h"
#include "support/memory_sink.h"
#include "support/memory_source.h"
#include "support/rows.h"
#include "support/waiting_ends.h"

namespace pghaul::pipeline {
namespace {

using support::CountingTap;
using support::make_rows;
using support::MemorySink;
using support::MemorySource;
using support::RowSet;
using support::WaitingSink;
using support::WaitingSource;

const Error kDiskFull{ErrorCode::server_error, "disk full", "53100", "make room"};
const Error kSourceGone{ErrorCode::connection_lost, "the source has gone", {}, {}};

/// Small enough for a few rows to go round it several times.
Lane small_lane() {
  return Lane({.chunks = 3, .chunk_bytes = 256, .wide_rows_bytes = 64_KiB});
}

/// Each as wide as all that a small lane holds.
RowSet wide_rows() {
  return make_rows(5, 65_KiB, 65_KiB, 7);
}

TEST(Lane, BringsEveryRowInOrder) {
  const RowSet rows = make_rows(1000, 1, 100, 7);
  MemorySource source(rows);
  MemorySink sink;
  CountingTap tap;
  ASSERT_TRUE(small_lane().run(source, sink, tap));
  EXPECT_EQ(sink.rows(), rows.rows);
  EXPECT_TRUE(sink.finished());
  EXPECT_FALSE(sink.abandoned());
}

TEST(Lane, ShowsEveryRowToTheTap) {
  const RowSet rows = make_rows(1000, 1, 100, 7);
  MemorySource source(rows);
  MemorySink sink;
  CountingTap tap;
  ASSERT_TRUE(small_lane().run(source, sink, tap));
  EXPECT_EQ(tap.rows(), rows.rows.size());
  EXPECT_EQ(tap.bytes(), rows.bytes());
}

TEST(Lane, FinishesTheSinkWhenThereAreNoRows) {
  const RowSet none;
  MemorySource source(none);
  MemorySink sink;
  CountingTap tap;
  ASSERT_TRUE(small_lane().run(source, sink, tap));
  EXPECT_TRUE(sink.finished());
  EXPECT_TRUE(sink.rows().empty());
}

TEST(Lane, WorksWithASingleChunk) {
  const RowSet rows = make_rows(100, 1, 100, 7);
  MemorySource source(rows);
  MemorySink sink;
  CountingTap tap;
  ASSERT_TRUE(Lane({.chunks = 1, .chunk_bytes = 128}).run(source, sink, tap));
  EXPECT_EQ(sink.rows(), rows.rows);
}

TEST(Lane, PassesRowsThatAreWiderThanAllItsChunks) {
  RowSet rows = wide_rows();
  rows.rows.insert(rows.rows.begin() + 1, 5, std::vector<std::byte>(10, std::byte{1}));
  MemorySource source(rows);
  MemorySink sink;
  CountingTap tap;
  ASSERT_TRUE(small_lane().run(source, sink, tap));
  EXPECT_EQ(sink.rows(), rows.rows);
}

TEST(Lane, FetchesNoMoreRowsWhileAVeryWideOneIsUnderWay) {
  class CountsFills : public MemorySource {
   public:
    using MemorySource::MemorySource;
    Status fill(Chunk& chunk) override {
      ++fills;
      return MemorySource::fill(chunk);
    }
    std::atomic<int> fills = 0;
  };
  class ChecksFills : public MemorySink {
   public:
    explicit ChecksFills(const CountsFills& source) : source_(source) {}
    Status drain(const Chunk& chunk) override {
      const Status drained = MemorySink::drain(chunk);  // long enough for a reader that does not wait
      EXPECT_EQ(source_.fills, static_cast<int>(rows().size()));
      return drained;
    }

   private:
    const CountsFills& source_;
  };
  const RowSet rows = wide_rows();
  CountsFills source(rows);
  ChecksFills sink(source);
  CountingTap tap;
  ASSERT_TRUE(small_lane().run(source, sink, tap));
  EXPECT_EQ(sink.rows(), rows.rows);
}

TEST(Lane, ReturnsWhyTheSourceFailedAndAbandonsTheSink) {
  const RowSet rows = make_rows(1000, 1, 100, 7);
  MemorySource source(rows);
  source.fail_after(500, kSourceGone);
  MemorySink sink;
  CountingTap tap;
  const Status done = small_lane().run(source, sink, tap);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(sink.abandoned(), "the source has gone");
  EXPECT_FALSE(sink.finished());
  EXPECT_FALSE(source.cancelled());
}

TEST(Lane, ReturnsWhyTheSinkFailedWithAllThatTheServerSaid) {
  const RowSet rows = make_rows(1000, 1, 100, 7);
  MemorySource source(rows);
  MemorySink sink;
  sink.fail_after(500, kDiskFull);
  CountingTap tap;
  const Status done = small_lane().run(source, sink, tap);
  ASSERT_FALSE(done);
  EXPECT_TRUE(source.abandoned());
  EXPECT_EQ(done.error().message, "disk full");
  EXPECT_EQ(done.error().sqlstate, "53100");
  EXPECT_EQ(done.error().hint, "make room");
  EXPECT_EQ(sink.abandoned(), "disk full");
  EXPECT_TRUE(source.cancelled());
}

TEST(Lane, ReturnsWhyTheSinkCouldNotFinish) {
  const RowSet rows = make_rows(10, 1, 100, 7);
  MemorySource source(rows);
  MemorySink sink;
  sink.fail_to_finish(kDiskFull);
  CountingTap tap;
  const Status done = small_lane().run(source, sink, tap);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "disk full");
  EXPECT_FALSE(sink.abandoned());
}

TEST(Lane, StopsASourceThatWaitsWhenTheSinkFailsAndNamesTheSink) {
  class FailsWhileTheSourceWaits : public support::CountingSink {
   public:
    explicit FailsWhileTheSourceWaits(const WaitingSource& source) : source_(source) {}
    Status drain(const Chunk&) override {
      source_.silence().await_waiter();
      return fail(kDiskFull);
    }

   private:
    const WaitingSource& source_;
  };
  const RowSet one = make_rows(1, 100, 100, 7);
  WaitingSource source(one);
  FailsWhileTheSourceWaits sink(source);
  CountingTap tap;
  const Status done = small_lane().run(source, sink, tap);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "disk full");
}

TEST(Lane, StopsASinkThatWaitsWhenTheSourceFailsAndNamesTheSource) {
  class FailsWhileTheSinkWaits : public MemorySource {
   public:
    FailsWhileTheSinkWaits(const RowSet& rows, const WaitingSink& sink) : MemorySource(rows), sink_(sink) {}
    Status fill(Chunk& chunk) override {
      const Status filled = MemorySource::fill(chunk);
      if (!chunk.empty()) return filled;
      sink_.silence().await_waiter();
      return fail(kSourceGone);
    }

   private:
    const WaitingSink& sink_;
  };
  const RowSet one = make_rows(1, 100, 100, 7);
  WaitingSink sink;
  FailsWhileTheSinkWaits source(one, sink);
  CountingTap tap;
  const Status done = small_lane().run(source, sink, tap);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "the source has gone");
  EXPECT_EQ(sink.abandoned(), "the source has gone");
}

TEST(Lane, StopsAReaderThatWaitsForRoomForWideRows) {
  const RowSet rows = wide_rows();
  MemorySource source(rows);
  MemorySink sink;
  sink.fail_after(0, kDiskFull);
  CountingTap tap;
  const Status done = small_lane().run(source, sink, tap);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "disk full");
}

TEST(Lane, ReturnsThatMemoryRanOut) {
  class HungrySource : public Source {
    Status fill(Chunk&) override { throw std::bad_alloc(); }
    void cancel() noexcept override {}
  };
  HungrySource source;
  MemorySink sink;
  CountingTap tap;
  const Status done = small_lane().run(source, sink, tap);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::system);
  EXPECT_EQ(sink.abandoned(), "out of memory while reading rows");
}

TEST(Lane, RunsAgainAfterAFailure) {
  const RowSet rows = make_rows(1000, 1, 100, 7);
  Lane lane = small_lane();
  CountingTap tap;
  MemorySource broken_source(rows);
  broken_source.fail_after(500, kSourceGone);
  MemorySink first_sink;
  ASSERT_FALSE(lane.run(broken_source, first_sink, tap));
  MemorySource source(rows);
  MemorySink broken_sink;
  broken_sink.fail_after(500, kDiskFull);
  ASSERT_FALSE(lane.run(source, broken_sink, tap));

  MemorySource same_rows(rows);
  MemorySink sink;
  ASSERT_TRUE(lane.run(same_rows, sink, tap));
  EXPECT_EQ(sink.rows(), rows.rows);
}

}  // namespace
}  // namespace pghaul::pipeline
