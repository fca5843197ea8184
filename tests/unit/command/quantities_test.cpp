#include "pghaul/quantities.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

TEST(Quantities, ShowBytesInThreeDigits) {
  EXPECT_EQ(show_bytes(0), "0 B");
  EXPECT_EQ(show_bytes(999), "999 B");
  EXPECT_EQ(show_bytes(1000), "1.00 kB");
  EXPECT_EQ(show_bytes(12'340), "12.3 kB");
  EXPECT_EQ(show_bytes(999'600), "1.00 MB");
  EXPECT_EQ(show_bytes(512'345'678), "512 MB");
  EXPECT_EQ(show_bytes(1.19e9), "1.19 GB");
}

TEST(Quantities, ShowCountsInGroupsOfThree) {
  EXPECT_EQ(show_count(0), "0");
  EXPECT_EQ(show_count(999), "999");
  EXPECT_EQ(show_count(1'000), "1,000");
  EXPECT_EQ(show_count(4'812'332), "4,812,332");
}

TEST(Quantities, ShowOneAndMany) {
  EXPECT_EQ(show_count(1, "index", "indexes"), "1 index");
  EXPECT_EQ(show_count(1'200, "index", "indexes"), "1,200 indexes");
}

TEST(Quantities, ShowSecondsAsLongAsTheyAreReadable) {
  EXPECT_EQ(show_seconds(0.043), "0.04 s");
  EXPECT_EQ(show_seconds(12.34), "12.3 s");
  EXPECT_EQ(show_seconds(119.97), "2 min 00 s");
  EXPECT_EQ(show_seconds(205), "3 min 25 s");
  EXPECT_EQ(show_seconds(7'380), "2 h 03 min");
}

TEST(Quantities, ShowAClock) {
  EXPECT_EQ(show_clock(0), "0:00");
  EXPECT_EQ(show_clock(42.4), "0:42");
  EXPECT_EQ(show_clock(3'800), "1:03:20");
}

}  // namespace
}  // namespace pghaul::command
