#include "follow/slot_limit.h"

#include <gtest/gtest.h>

namespace pghaul::follow {
namespace {

TEST(SlotLimit, GivesTheSlotUpAtTheUsersLimitAndWarnsBefore) {
  EXPECT_EQ(judge({.held = 1'000'000}), SlotVerdict::fine);
  EXPECT_EQ(judge({.held = 79, .limit = 100}), SlotVerdict::fine);
  EXPECT_EQ(judge({.held = 80, .limit = 100}), SlotVerdict::near_limit);
  EXPECT_EQ(judge({.held = 100, .limit = 100}), SlotVerdict::over_limit);
}

TEST(SlotLimit, WarnsWhenTheServerIsAboutToGiveItUp) {
  EXPECT_EQ(judge({.held = 100, .may_grow = 25}), SlotVerdict::fine);
  EXPECT_EQ(judge({.held = 100, .may_grow = 24}), SlotVerdict::near_server_limit);
  EXPECT_EQ(judge({.held = 100, .may_grow = 0, .limit = 90}), SlotVerdict::over_limit);
}

}  // namespace
}  // namespace pghaul::follow
