#include "crew/retry.h"

#include <gtest/gtest.h>

namespace pghaul::crew {
namespace {

using namespace std::chrono_literals;

Error refusal(const char* sqlstate) {
  return {.code = ErrorCode::server_error, .sqlstate = sqlstate};
}
Error not_let_in(const char* sqlstate) {
  return {.code = ErrorCode::connection_failed, .sqlstate = sqlstate};
}
const Error kLost{.code = ErrorCode::connection_lost};

TEST(MayPass, IsTrueOfALostConnectionAndOfAServerThatStarts) {
  EXPECT_TRUE(may_pass(kLost));
  EXPECT_TRUE(may_pass(not_let_in("")));
  EXPECT_TRUE(may_pass(not_let_in("57P03")));
  EXPECT_TRUE(may_pass(not_let_in("53300")));
}

TEST(MayPass, IsFalseOfARefusalThatWouldBeTheSameAgain) {
  for (const char* sqlstate : {"28P01", "28000", "3D000", "42501"})
    EXPECT_FALSE(may_pass(not_let_in(sqlstate))) << sqlstate;
}

TEST(MayPass, IsTrueOfADeadlockALockAndAStandbysConflict) {
  for (const char* sqlstate : {"40P01", "55P03", "40001", "57P01"})
    EXPECT_TRUE(may_pass(refusal(sqlstate))) << sqlstate;
}

TEST(MayPass, IsFalseOfWhatIsWrongWithTheDataOrWithUs) {
  for (const char* sqlstate : {"23505", "22P02", "53100", "57014", ""})
    EXPECT_FALSE(may_pass(refusal(sqlstate))) << sqlstate;
  for (const ErrorCode code : {ErrorCode::mismatch, ErrorCode::internal, ErrorCode::interrupted,
                               ErrorCode::refused, ErrorCode::system}) {
    EXPECT_FALSE(may_pass({.code = code, .sqlstate = "40001"})) << static_cast<int>(code);
  }
}

TEST(Backoff, WaitsTwiceAsLongEachTimeUpToTenSeconds) {
  Backoff backoff(1h);
  for (const auto expected : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 6400ms, 10'000ms, 10'000ms})
    EXPECT_EQ(backoff.after(kLost, 0ms), expected);
}

TEST(Backoff, GivesUpOnceTheBudgetIsSpent) {
  Backoff backoff(250ms);
  EXPECT_EQ(backoff.after(kLost, 0ms), 100ms);
  EXPECT_EQ(backoff.after(kLost, 0ms), 150ms);
  EXPECT_EQ(backoff.after(kLost, 0ms), std::nullopt);
}

TEST(Backoff, CountsTheTimeThatWasSpentLookingForAServer) {
  Backoff backoff(20s);
  EXPECT_EQ(backoff.after(not_let_in(""), 15s), 100ms);
  EXPECT_EQ(backoff.after(not_let_in(""), 15s), std::nullopt);
}

TEST(Backoff, DoesNotCountTheTimeInWhichATaskWorked) {
  Backoff backoff(20s);
  EXPECT_EQ(backoff.after(kLost, 1h), 100ms);
  EXPECT_EQ(backoff.after(kLost, 1h), 200ms);
}

TEST(Backoff, OfNoBudgetNeverTriesAgain) {
  Backoff backoff(0ms);
  EXPECT_EQ(backoff.after(kLost, 0ms), std::nullopt);
}

}  // namespace
}  // namespace pghaul::crew
