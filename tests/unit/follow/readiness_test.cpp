#include "follow/readiness.h"

#include <gtest/gtest.h>

namespace pghaul::follow {
namespace {

using Reasons = std::vector<std::string>;

TEST(Readiness, IsThereWhereNothingStandsInTheWay) {
  EXPECT_EQ(reasons_not_ready({.connected = true, .lag_seconds = 0.3}), Reasons{});
}

TEST(Readiness, NamesAllThatASwitchoverWouldWaitFor) {
  const ReadinessFacts facts{.connected = false,
                             .lag_seconds = 2.5,
                             .transactions = {.prepared = {"'p'"}, .writers = {"session 7"}},
                             .new_partitions = "public.b"};
  EXPECT_EQ(reasons_not_ready(facts),
            (Reasons{"the stream of changes has not begun yet", "the target is 2.5 s behind the source",
                     "a prepared transaction keeps its locks on the source: 'p'",
                     "an old transaction keeps its locks on the source: session 7",
                     "the target lacks new partitions of the source: public.b"}));
}

TEST(Readiness, NeedsAProofThatIsCleanAndYoung) {
  ReadinessFacts facts{.connected = true, .proof = measure::LiveProof{}, .round_every = 300};
  EXPECT_EQ(reasons_not_ready(facts), Reasons{"what was changed since the copy has not been compared yet"});
  facts.proof = measure::LiveProof{.until = "then", .age_seconds = 500};
  EXPECT_EQ(reasons_not_ready(facts), Reasons{});
  facts.proof->age_seconds = 700;
  EXPECT_EQ(reasons_not_ready(facts), Reasons{"what was changed was compared 700 s ago for the last time"});
  facts.proof->different = {"public.t: 1 missing"};
  EXPECT_EQ(reasons_not_ready(facts), Reasons{"rows differ between source and target: public.t: 1 missing"});
}

}  // namespace
}  // namespace pghaul::follow
