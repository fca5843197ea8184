#include "follow/snapshot_start.h"

#include <gtest/gtest.h>

namespace pghaul::follow {
namespace {

constexpr Lsn kUntil{0x1000};
constexpr Lsn kBefore{0xFFF};

SnapshotStart start_of(const char* snapshot) {
  const std::optional<SnapshotStart> start = SnapshotStart::parse(snapshot, kUntil);
  EXPECT_TRUE(start) << snapshot;
  return start.value();
}

TEST(SnapshotStart, SeesWhatHadEndedAndNothingElse) {
  const SnapshotStart start = start_of("100:110:102,105");
  EXPECT_TRUE(start.sees(3, kBefore));
  EXPECT_TRUE(start.sees(101, kBefore));
  EXPECT_TRUE(start.sees(109, kBefore));
  EXPECT_FALSE(start.sees(102, kBefore)) << "was in progress";
  EXPECT_FALSE(start.sees(105, kBefore)) << "was in progress";
  EXPECT_FALSE(start.sees(110, kBefore)) << "the first that was not assigned yet";
  EXPECT_FALSE(start.sees(111, kBefore));
}

TEST(SnapshotStart, FindsTransactionsInProgressInAnyOrder) {
  const SnapshotStart start = start_of("100:110:107,101,104");
  for (const std::uint32_t xid : {101U, 104U, 107U}) EXPECT_FALSE(start.sees(xid, kBefore)) << xid;
  for (const std::uint32_t xid : {102U, 105U, 108U}) EXPECT_TRUE(start.sees(xid, kBefore)) << xid;
}

TEST(SnapshotStart, SeesNothingThatWasCommittedLater) {
  const SnapshotStart start = start_of("100:110:");
  EXPECT_TRUE(start.sees(50, kBefore));
  EXPECT_FALSE(start.sees(50, kUntil)) << "a number that came again, billions of transactions later";
}

TEST(SnapshotStart, WidensNumbersByTheEpochOfTheSnapshot) {
  // 2^32 is 4294967296: the snapshot is five transactions past it.
  const SnapshotStart start = start_of("4294967290:4294967301:4294967294,4294967298");
  EXPECT_TRUE(start.sees(4294967293U, kBefore)) << "of the epoch before";
  EXPECT_FALSE(start.sees(4294967294U, kBefore)) << "in progress, of the epoch before";
  EXPECT_TRUE(start.sees(4, kBefore));
  EXPECT_FALSE(start.sees(2, kBefore)) << "in progress";
  EXPECT_FALSE(start.sees(5, kBefore));
  EXPECT_FALSE(start.sees(6, kBefore));
}

TEST(SnapshotStart, TellsApartEpochsOfTransactionsInProgress) {
  const SnapshotStart start = start_of("8589934600:8589934610:8589934605");  // 2 * 2^32 + …
  EXPECT_FALSE(start.sees(13, kBefore)) << "2 * 2^32 + 13 is 8589934605";
  EXPECT_TRUE(start.sees(14, kBefore));
}

TEST(SnapshotStart, IsNotMadeOfSomethingElse) {
  for (const char* text : {"", "100", "100:", "100:x:", "x:100:", "100:110:1,,2", "100:110:1;2",
                           "-1:2:", "100:110:18446744073709551616"}) {
    EXPECT_FALSE(SnapshotStart::parse(text, kUntil)) << text;
  }
}

}  // namespace
}  // namespace pghaul::follow
