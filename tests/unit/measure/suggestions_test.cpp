#include "measure/suggestions.h"

#include <gtest/gtest.h>

namespace pghaul::measure {
namespace {

Report copy_by(int jobs) {
  Report report;
  report.verb = "copy";
  report.jobs = jobs;
  return report;
}

TEST(Suggestions, AreNoneWhereNothingStandsOut) {
  Report report = copy_by(2);
  report.spans = {{"data", "a", 0, 0, 10, false}, {"data", "b", 1, 0, 9.8, false}};
  EXPECT_TRUE(suggestions(report).empty());
}

TEST(Suggestions, NameTheTaskThatAllOthersWaitedFor) {
  Report report = copy_by(2);
  report.spans = {{"data", "public.small", 0, 0, 4, false}, {"indexes", "public.big_idx", 1, 0, 10, false}};
  const auto found = suggestions(report);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].message.find("public.big_idx"), std::string::npos) << found[0].message;
  EXPECT_DOUBLE_EQ(found[0].gain_seconds.value(), 3);  // at best both workers share the last 6 seconds
}

TEST(Suggestions, SayWhatHeldTheWorkUpMostOfTheTime) {
  Report report = copy_by(1);
  report.spans = {{"data", "a", 0, 0, 10, false}};
  for (int i = 0; i < 20; ++i)
    report.samples.push_back({.at = i * 0.5, .bottleneck = i < 15 ? "target WAL" : "network"});
  const auto found = suggestions(report);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].message.find("In 75 % of the samples the bottleneck was target WAL"), std::string::npos)
      << found[0].message;
  EXPECT_FALSE(found[0].gain_seconds) << "nobody has measured that";
}

TEST(Suggestions, CountWhatWentAsText) {
  Report report = copy_by(1);
  report.spans = {{"data", "a", 0, 0, 10, false}};
  report.tables = {
      {.schema = "public", .name = "a", .seconds = 6, .format = "text", .reason = "it has a regclass"},
      {.schema = "public", .name = "b", .seconds = 4, .format = "binary"}};
  const auto found = suggestions(report);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].message.find("1 of 2 tables were copied as text"), std::string::npos)
      << found[0].message;
}

}  // namespace
}  // namespace pghaul::measure
