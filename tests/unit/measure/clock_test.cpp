#include "measure/clock.h"

#include <gtest/gtest.h>

namespace pghaul::measure {
namespace {

TEST(Clock, CountsSecondsBetweenTimesOfReports) {
  EXPECT_EQ(seconds_between("2026-11-29T23:59:58Z", "2026-11-30T01:00:01Z"), 3603);
  EXPECT_EQ(seconds_between(utc_now(), utc_now()) > 1, false);
}

TEST(Clock, TakesNoTimeForNegativeOrForWhatIsNone) {
  EXPECT_EQ(seconds_between("2026-11-30T01:00:01Z", "2026-11-29T23:59:58Z"), 0);
  for (const char* wrong : {"", "yesterday", "2026-11-29", "2026-11-29T23:59:58"})
    EXPECT_EQ(seconds_between(wrong, "2026-11-30T01:00:01Z"), 0) << wrong;
}

}  // namespace
}  // namespace pghaul::measure
