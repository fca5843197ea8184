#include "catalog/writers.h"

#include <gtest/gtest.h>

namespace pghaul::catalog {
namespace {

TEST(TransactionsBetween, AreThoseThatEnded) {
  EXPECT_EQ(transactions_between("10:10: since 1.5", "10:10: since 1.5"), 0);
  EXPECT_EQ(transactions_between("10:10: since 1.5", "13:13: since 1.5"), 3);
  EXPECT_EQ(transactions_between("10:10: since 1.5", "11:13:11,12 since 1.5"), 1);
  EXPECT_EQ(transactions_between("8:10:8,9 since 1.5", "8:10:8 since 1.5"), 1);
  EXPECT_EQ(transactions_between("8:10:8,9 since 1.5", "8:12:8,11 since 1.5"), 2);
}

TEST(TransactionsBetween, AreNotKnownAfterARestartOrOfAnArchive) {
  EXPECT_EQ(transactions_between("10:10: since 1.5", "13:13: since 2.5"), 0);
  EXPECT_EQ(transactions_between("7f3a", "13:13: since 2.5"), 0);
  EXPECT_EQ(transactions_between("", ""), 0);
}

}  // namespace
}  // namespace pghaul::catalog
