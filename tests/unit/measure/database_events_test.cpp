#include "measure/database_events.h"

#include <gtest/gtest.h>

#include <vector>

namespace pghaul::measure {
namespace {

using nlohmann::json;

std::vector<json> passed_on(const std::vector<std::pair<std::string, json>>& given) {
  std::vector<json> all;
  const Timeline timeline;
  Events events(timeline, [&](const std::string& event) { all.push_back(json::parse(event)); });
  DatabaseEvents of_databases(events);
  for (const auto& [database, event] : given) of_databases.take(database, event.dump());
  return all;
}

json progress(std::uint64_t bytes, const char* running) {
  return {{"event", "progress"},
          {"bytes", bytes},
          {"tasks_total", 3},
          {"running", {running}},
          {"bytes_per_second", 5.0}};
}

TEST(DatabaseEvents, SayOfWhichDatabaseTheyAre) {
  const std::vector<json> events =
      passed_on({{"shop", {{"event", "warning"}, {"message", "m"}, {"elapsed", 100.0}}}});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["event"], "warning");
  EXPECT_EQ(events[0]["database"], "shop");
  EXPECT_EQ(events[0]["message"], "m");
  EXPECT_LT(events[0]["elapsed"], 100.0) << "counted from the start of the run for all of them";
}

TEST(DatabaseEvents, BeginAndEndADatabaseWithinTheRun) {
  const std::vector<json> events =
      passed_on({{"shop", {{"event", "started"}, {"verb", "copy"}, {"format", 1}}},
                 {"shop", {{"event", "finished"}, {"status", "verified"}}}});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["event"], "database");
  EXPECT_EQ(events[0]["state"], "started");
  EXPECT_FALSE(events[0].contains("format"));
  EXPECT_EQ(events[1]["state"], "finished");
  EXPECT_EQ(events[1]["status"], "verified");
}

TEST(DatabaseEvents, AddProgressUp) {
  const std::vector<json> events = passed_on({{"a", progress(10, "copy t")},
                                              {"b", progress(7, "copy u")},
                                              {"a", {{"event", "finished"}, {"status", "verified"}}},
                                              {"b", progress(8, "copy u")}});
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[1]["bytes"], 17);
  EXPECT_EQ(events[1]["tasks_total"], 6);
  EXPECT_EQ(events[1]["bytes_per_second"], 10.0);
  EXPECT_EQ(events[1]["running"], json({"a: copy t", "b: copy u"}));
  EXPECT_EQ(events[3]["bytes"], 18);
  EXPECT_EQ(events[3]["bytes_per_second"], 5.0) << "what has ended moves nothing any more";
  EXPECT_EQ(events[3]["running"], json({"b: copy u"}));
}

}  // namespace
}  // namespace pghaul::measure
