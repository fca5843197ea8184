#include "pghaul/nearest.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

const std::vector<std::string> kChoices{"--jobs", "--schema", "--exclude-schema", "--exclude-table",
                                        "--no-owner"};

TEST(Nearest, SeesSwappedMissingAndWrongLetters) {
  EXPECT_EQ(nearest("--jbos", kChoices), "--jobs");
  EXPECT_EQ(nearest("--shema", kChoices), "--schema");
  EXPECT_EQ(nearest("--no_owner", kChoices), "--no-owner");
}

TEST(Nearest, CompletesABeginningThatOnlyOneHas) {
  EXPECT_EQ(nearest("--no", kChoices), "--no-owner");
  EXPECT_EQ(nearest("--exclude-t", kChoices), "--exclude-table");
}

TEST(Nearest, DoesNotGuessWildly) {
  EXPECT_EQ(nearest("--wait-interval", kChoices), std::nullopt);
  EXPECT_EQ(nearest("-", kChoices), std::nullopt);
}

}  // namespace
}  // namespace pghaul::command
