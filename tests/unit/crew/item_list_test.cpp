#include "crew/item_list.h"

#include <gtest/gtest.h>

namespace pghaul::crew {
namespace {

TEST(ItemList, HandsOutTheCostliestFirstAndEqualsInTheirOrder) {
  ItemList list({1, 5, 3, 5});
  EXPECT_EQ(list.next(), 1U);
  EXPECT_EQ(list.next(), 3U);
  EXPECT_EQ(list.next(), 2U);
  EXPECT_EQ(list.next(), 0U);
  EXPECT_EQ(list.next(), std::nullopt);
}

TEST(ItemList, IsDoneOnceAllThatItHandedOutHaveFinished) {
  ItemList list({1, 1});
  static_cast<void>(list.next());
  static_cast<void>(list.next());
  list.finished(0);
  EXPECT_FALSE(list.done());
  list.finished(1);
  EXPECT_TRUE(list.done());
}

TEST(ItemList, HandsOutAgainWhatIsGivenBack) {
  ItemList list({1});
  static_cast<void>(list.next());
  list.give_back(0);
  EXPECT_FALSE(list.done());
  EXPECT_EQ(list.next(), 0U);
}

TEST(ItemList, GivesNoSecondChanceToAnItemThatFails) {
  ItemList list({1});
  static_cast<void>(list.next());
  EXPECT_FALSE(list.postpone(0, {.code = ErrorCode::server_error, .message = "no"}));
}

TEST(ItemList, OfNothingIsDone) {
  EXPECT_TRUE(ItemList({}).done());
}

}  // namespace
}  // namespace pghaul::crew
