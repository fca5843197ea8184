#include "pghaul/did_you_mean.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

const std::vector<std::string> kChoices{"--jobs", "--schema", "--exclude-schema", "--exclude-table",
                                        "--no-owner"};

TEST(DidYouMean, SeesSwappedMissingAndWrongLetters) {
  EXPECT_EQ(did_you_mean("--jbos", kChoices), "--jobs");
  EXPECT_EQ(did_you_mean("--shema", kChoices), "--schema");
  EXPECT_EQ(did_you_mean("--no_owner", kChoices), "--no-owner");
}

TEST(DidYouMean, CompletesABeginningThatOnlyOneHas) {
  EXPECT_EQ(did_you_mean("--no", kChoices), "--no-owner");
  EXPECT_EQ(did_you_mean("--exclude-t", kChoices), "--exclude-table");
}

TEST(DidYouMean, DoesNotGuessWildly) {
  EXPECT_EQ(did_you_mean("--wait-interval", kChoices), std::nullopt);
  EXPECT_EQ(did_you_mean("-", kChoices), std::nullopt);
}

}  // namespace
}  // namespace pghaul::command
