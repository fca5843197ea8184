#include "pipeline/byte_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace pghaul::pipeline {
namespace {

TEST(ByteBudget, LetsWhoeverHasSpentNoMoreThanAllOfItPass) {
  ByteBudget budget(100);
  budget.spend(100);
  budget.wait();
}

TEST(ByteBudget, HoldsWhoeverHasOverdrawnItUntilEnoughIsRefunded) {
  ByteBudget budget(100);
  budget.spend(60);
  budget.spend(1000);
  std::atomic<bool> all_refunded = false;
  bool waited = false;
  std::thread spender([&] {
    budget.wait();
    waited = all_refunded;
  });
  budget.refund(60);
  all_refunded = true;
  budget.refund(1000);
  spender.join();
  EXPECT_TRUE(waited);
}

TEST(ByteBudget, HoldsNobodyOnceItIsLifted) {
  ByteBudget budget(100);
  budget.spend(1000);
  std::thread spender([&] { budget.wait(); });
  budget.lift();
  spender.join();
  budget.spend(1'000'000'000);
  budget.wait();
}

}  // namespace
}  // namespace pghaul::pipeline
