#include "crew/staged_list.h"

#include <gtest/gtest.h>

#include <string>

namespace pghaul::crew {
namespace {

std::string next(StagedList& list) {
  const std::optional<ItemId> item = list.next();
  if (!item) return "none";
  const StagedList::Place& place = list.place(*item);
  return std::to_string(place.group) + "." + std::to_string(place.stage) + "." + std::to_string(place.number);
}

TEST(StagedList, OpensAStageOnceTheOneBeforeHasFinished) {
  StagedList list({{.cost = 1, .stages = {2, 0, 1}}});
  EXPECT_EQ(next(list), "0.0.0");
  EXPECT_EQ(next(list), "0.0.1");
  EXPECT_EQ(next(list), "none");
  list.finished(0);
  EXPECT_EQ(next(list), "none");
  list.finished(1);
  EXPECT_EQ(next(list), "0.2.0");
  EXPECT_FALSE(list.done());
  list.finished(2);
  EXPECT_TRUE(list.done());
}

TEST(StagedList, BeginsAnotherGroupOnlyWhereNoneThatHasBegunHasWork) {
  StagedList list({{.cost = 1, .stages = {1, 1}}, {.cost = 5, .stages = {1, 2}}});
  EXPECT_EQ(next(list), "1.0.0") << "the costliest first";
  EXPECT_EQ(next(list), "0.0.0") << "the first waits for its item";
  list.finished(2);
  EXPECT_EQ(next(list), "1.1.0");
  EXPECT_EQ(next(list), "1.1.1");
  EXPECT_EQ(next(list), "none");
}

TEST(StagedList, HandsOutAgainWhatIsGivenBack) {
  StagedList list({{.cost = 1, .stages = {1}}, {.cost = 1, .stages = {1}}});
  EXPECT_EQ(next(list), "0.0.0");
  list.give_back(0);
  EXPECT_EQ(next(list), "0.0.0");
  list.finished(0);
  EXPECT_EQ(next(list), "1.0.0");
  list.finished(1);
  EXPECT_TRUE(list.done());
}

TEST(StagedList, IsDoneWhereThereIsNothing) {
  StagedList list({{.cost = 1, .stages = {0, 0}}});
  EXPECT_EQ(next(list), "none");
  EXPECT_TRUE(list.done());
}

}  // namespace
}  // namespace pghaul::crew
