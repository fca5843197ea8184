#include "base/awake_clock.h"

#include <gtest/gtest.h>

#include "base/silence_timer.h"

namespace pghaul {
namespace {

using namespace std::chrono_literals;

constexpr AwakeClock::Time kStart{1h};

TEST(AwakeClock, GoesAsTheOtherClockWhileItIsReadAtEachStep) {
  AwakeClock clock(100ms, kStart);
  EXPECT_EQ(clock.at(kStart + 100ms), kStart + 100ms);
  EXPECT_EQ(clock.at(kStart + 290ms), kStart + 290ms);
}

TEST(AwakeClock, StandsStillDuringASuspension) {
  AwakeClock clock(100ms, kStart);
  EXPECT_EQ(clock.at(kStart + 100ms), kStart + 100ms);
  EXPECT_EQ(clock.at(kStart + 8h), kStart + 300ms);
  EXPECT_EQ(clock.at(kStart + 8h + 100ms), kStart + 400ms);
}

TEST(AwakeClock, GivesAPeerItsFullTimeAfterASuspension) {
  AwakeClock clock(100ms, kStart);
  const SilenceTimer silence(1s, clock.at(kStart));
  AwakeClock::Time time = kStart + 8h;
  int readings = 0;
  while (silence.due(clock.at(time += 100ms)) != SilenceTimer::Due::giving_up) ++readings;
  EXPECT_GE(readings, 7);
}

}  // namespace
}  // namespace pghaul
