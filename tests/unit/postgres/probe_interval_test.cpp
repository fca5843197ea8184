#include <gtest/gtest.h>

#include "postgres/answers.h"

namespace pghaul::postgres {
namespace {

using namespace std::chrono_literals;

TEST(BetweenQuestions, IsAQuarterOfThePatienceWithinBounds) {
  EXPECT_EQ(between_questions(40s), 10s);
  EXPECT_EQ(between_questions(0s), 250ms);   // no busy loop, however little patience there is
  EXPECT_EQ(between_questions(3600s), 30s);  // a server that has gone is noticed soon
}

}  // namespace
}  // namespace pghaul::postgres
