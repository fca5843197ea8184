#include <gtest/gtest.h>

#include "postgres/responds.h"

namespace pghaul::postgres {
namespace {

using namespace std::chrono_literals;

TEST(ProbeInterval, IsAQuarterOfThePatienceWithinBounds) {
  EXPECT_EQ(probe_interval(40s), 10s);
  EXPECT_EQ(probe_interval(0s), 250ms);   // no busy loop, however little patience there is
  EXPECT_EQ(probe_interval(3600s), 30s);  // a server that has gone is noticed soon
}

}  // namespace
}  // namespace pghaul::postgres
