#include "pghaul/past_copies.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace pghaul::command {
namespace {

TEST(PastCopies, AreTheLinesThatTellOfAForecast) {
  const std::string path = testing::TempDir() + "history-" + std::to_string(getpid());
  std::ofstream(path) << "{\"predicted_seconds\": 4, \"seconds\": 5}\n"
                         "half a li\n\n"
                         "{\"seconds\": 5}\n"
                         "{\"predicted_seconds\": 6, \"seconds\": 5, \"more\": {}}";
  const std::vector<std::string> copies = past_copies(path);
  std::remove(path.c_str());
  ASSERT_EQ(copies.size(), 2U);
  EXPECT_EQ(copies[0], R"({"predicted_seconds": 4, "seconds": 5})");
}

TEST(PastCopies, OfNoFileAreNone) {
  EXPECT_TRUE(past_copies("/nowhere/history.jsonl").empty());
  EXPECT_TRUE(past_copies("").empty());
}

}  // namespace
}  // namespace pghaul::command
