#include "base/silence_timer.h"

#include <gtest/gtest.h>

namespace pghaul {
namespace {

using namespace std::chrono_literals;
using Due = SilenceTimer::Due;

/// Seconds of a simulated clock.
SilenceTimer::Time at(double seconds) {
  return SilenceTimer::Time(
      std::chrono::duration_cast<SilenceTimer::Duration>(std::chrono::duration<double>(seconds)));
}

TEST(SilenceTimer, IsProbedAfterEachIntervalAndGivenUpAtTheLimit) {
  SilenceTimer silence(40s, 10s, at(100));
  EXPECT_EQ(silence.due(at(109.9)), Due::nothing);
  EXPECT_EQ(silence.due(at(110)), Due::probe);
  silence.probed(at(112));
  EXPECT_EQ(silence.due(at(121.9)), Due::nothing);
  EXPECT_EQ(silence.due(at(122)), Due::probe);
  silence.probed(at(122));
  silence.probed(at(132));
  EXPECT_EQ(silence.due(at(139.9)), Due::nothing);
  EXPECT_EQ(silence.due(at(140)), Due::giving_up);
}

TEST(SilenceTimer, BeginsAnewWheneverThePeerIsHeard) {
  SilenceTimer silence(40s, 10s, at(100));
  silence.probed(at(138));
  silence.heard(at(139));
  EXPECT_EQ(silence.due(at(148.9)), Due::nothing);
  EXPECT_EQ(silence.due(at(149)), Due::probe);
  EXPECT_EQ(silence.due(at(178.9)), Due::probe);
  EXPECT_EQ(silence.due(at(179)), Due::giving_up);
}

TEST(SilenceTimer, TellsForHowLongNothingIsDue) {
  SilenceTimer silence(40s, 10s, at(100));
  EXPECT_EQ(silence.until_due(at(103)), 7s);
  silence.probed(at(135));
  EXPECT_EQ(silence.until_due(at(136)), 4s);  // the end of all comes before the next probe
  EXPECT_LE(silence.until_due(at(141)), 0s);
}

TEST(SilenceTimer, LetsAProbeTakeUntilTheLimit) {
  SilenceTimer silence(40s, 10s, at(100));
  EXPECT_EQ(silence.left(at(110)), 30s);
  silence.heard(at(110));
  EXPECT_EQ(silence.left(at(110)), 40s);
}

TEST(SilenceTimer, LastsForAnIntervalThoughTheLimitIsLess) {
  const SilenceTimer silence(0s, 250ms, at(100));
  EXPECT_EQ(silence.due(at(100.2)), Due::nothing);
  EXPECT_EQ(silence.due(at(100.25)), Due::giving_up);
}

TEST(SilenceTimer, IsNeverProbedWithoutAnInterval) {
  const SilenceTimer silence(40s, at(100));
  EXPECT_EQ(silence.due(at(139.9)), Due::nothing);
  EXPECT_EQ(silence.due(at(140)), Due::giving_up);
}

/// Plays a wait for a peer that answers no probe, each of which takes `probe`. When was it given up?
SilenceTimer::Time given_up_by_a_loop(SilenceTimer silence, SilenceTimer::Time now,
                                      SilenceTimer::Duration probe) {
  for (;;) {
    now += silence.until_due(now);
    if (silence.due(now) == Due::giving_up) return now;
    now += std::min(probe, silence.left(now));
    silence.probed(now);
  }
}

TEST(SilenceTimer, EndsALoopAtTheLimitHoweverLongItsProbesTake) {
  for (const auto probe : {0ms, 1ms, 7'000ms, 29'999ms, 30'000ms, 60'000ms}) {
    EXPECT_EQ(given_up_by_a_loop(SilenceTimer(40s, 10s, at(100)), at(100), probe), at(140)) << probe.count();
  }
}

TEST(ProbeInterval, IsAQuarterOfTheLimitWithinBounds) {
  EXPECT_EQ(probe_interval(40s), 10s);
  EXPECT_EQ(probe_interval(0s), 250ms);   // no busy loop, however short the limit is
  EXPECT_EQ(probe_interval(3600s), 30s);  // a server that has gone is noticed soon
}

}  // namespace
}  // namespace pghaul
