#include "measure/stretches.h"

#include <gtest/gtest.h>

namespace pghaul::measure {
namespace {

Span span(const char* phase, double start, double seconds, int worker = 0) {
  return {phase, std::string(phase) + " at " + std::to_string(start), worker, start, seconds, false};
}

TEST(Stretches, LeaveWhatIsLongAsItIs) {
  const auto all = stretches({span("data", 0, 5), span("data", 5, 5)}, 1);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].spans, 1U);
  EXPECT_DOUBLE_EQ(all[1].start, 5);
}

TEST(Stretches, PutShortSpansOfAKindTogether) {
  std::vector<Span> spans;
  for (int i = 0; i < 100; ++i) spans.push_back(span("data", i * 0.1, 0.1));
  const auto all = stretches(spans, 1);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].spans, 100U);
  EXPECT_NEAR(all[0].seconds, 10, 1e-9);
}

TEST(Stretches, AreCalledByThePhaseThatTookMost) {
  const auto all = stretches({span("data", 0, 0.1), span("indexes", 0.1, 0.3), span("data", 0.4, 0.1)}, 1);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].phase, "indexes");
  EXPECT_TRUE(all[0].what.starts_with("indexes at"));
}

TEST(Stretches, AreFewHoweverManySpansAlternate) {
  std::vector<Span> spans;
  for (int i = 0; i < 100'000; ++i)
    spans.push_back(span(i % 2 == 0 ? "data" : "indexes", i * 0.001, 0.001, i % 4));
  EXPECT_LT(stretches(spans, 0.2).size(), 4 * 3 * 500U);
}

TEST(Stretches, KeepWorkersAndPausesApart) {
  EXPECT_EQ(stretches({span("data", 0, 0.1, 0), span("data", 0.1, 0.1, 1)}, 1).size(), 2U);
  EXPECT_EQ(stretches({span("data", 0, 0.1), span("data", 5, 0.1)}, 1).size(), 2U);
}

TEST(Stretches, KeepAFailureInSight) {
  Span failed = span("data", 0.2, 0.1);
  failed.failed = true;
  const auto all = stretches({span("data", 0, 0.1), span("data", 0.1, 0.1), failed}, 1);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[1].failed);
}

}  // namespace
}  // namespace pghaul::measure
