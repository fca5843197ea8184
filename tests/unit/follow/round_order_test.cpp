#include "follow/round_order.h"

#include <gtest/gtest.h>

#include <set>

namespace pghaul::follow {
namespace {

using Tables = std::vector<std::uint32_t>;

TEST(RoundOrder, ReadsOnlyRowsThatChangedBeforeWholeTables) {
  const RoundOrder order = order_round(
      {{.table = 1, .whole = true, .bytes = 10}, {.table = 2, .whole = false, .bytes = 1000}}, {}, 100);
  EXPECT_EQ(order.compared, (Tables{2, 1}));
  EXPECT_EQ(order.waiting, Tables{});
}

TEST(RoundOrder, LeavesOutWhatFitsIntoNoRound) {
  const RoundOrder order = order_round(
      {{.table = 1, .whole = true, .bytes = 101}, {.table = 2, .whole = true, .bytes = 100}}, {}, 100);
  EXPECT_EQ(order.compared, Tables{2});
  EXPECT_EQ(order.too_large, Tables{1});
}

TEST(RoundOrder, ReachesEachTableThoughAllAreDueInEveryRound) {
  const std::vector<DueTable> due{{.table = 1, .whole = true, .bytes = 90},
                                  {.table = 2, .whole = true, .bytes = 80},
                                  {.table = 3, .whole = true, .bytes = 70},
                                  {.table = 4, .whole = true, .bytes = 1}};
  RoundOrder order;
  std::set<std::uint32_t> reached;
  for (int round = 0; round < 3; ++round) {
    order = order_round(due, order.waiting, 100);
    reached.insert(order.compared.begin(), order.compared.end());
  }
  EXPECT_EQ(reached, (std::set<std::uint32_t>{1, 2, 3, 4}));
}

}  // namespace
}  // namespace pghaul::follow
