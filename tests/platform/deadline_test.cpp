#include <gtest/gtest.h>

#include <future>

#include "pghaulctl/alarm.h"
#include "pghaulctl/changeover.h"

namespace pghaul::platform {
namespace {

using std::chrono::steady_clock;

TEST(Alarm, CallsAtItsMoment) {
  std::promise<void> called;
  const Alarm alarm(steady_clock::now(), [&called] { called.set_value(); });
  EXPECT_EQ(called.get_future().wait_for(std::chrono::minutes(1)), std::future_status::ready);
}

TEST(Alarm, DoesNotCallOnceItIsDestroyed) {
  bool called = false;
  {
    const Alarm alarm(steady_clock::now() + std::chrono::hours(1), [&called] { called = true; });
  }
  {
    const Alarm never(std::nullopt, [&called] { called = true; });
  }
  EXPECT_FALSE(called);
}

TEST(ChangeoverDeadline, GivesUpAPauseThatIsLongerThanAllowed) {
  Changeover changeover{.within = std::chrono::seconds(10)};
  EXPECT_TRUE(changeover.in_time());
  changeover.begin_pause();
  EXPECT_TRUE(changeover.in_time());
  changeover.deadline = steady_clock::now() - std::chrono::seconds(1);
  ASSERT_FALSE(changeover.in_time());
  EXPECT_EQ(changeover.in_time().error().status, PGHAUL_EXIT_GIVEN_UP);
  EXPECT_EQ(changeover.in_time().error().message,
            "given up: writes have been refused for 10.0 s, as long as --within allows");
}

}  // namespace
}  // namespace pghaul::platform
