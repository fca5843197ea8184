#include "measure/live_status.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "measure/report.h"

namespace pghaul::measure {
namespace {

using nlohmann::json;

LiveStatus following() {
  return {.state = "following",
          .why = {},
          .source = {},
          .position = {0x16B374D848},
          .source_position = {0x16B374D900},
          .lag_seconds = 0.12345,
          .lag_bytes = 184,
          .pending_transactions = 3,
          .transactions = 50,
          .changes = 120,
          .changes_per_second = 42.5,
          .held_bytes = 4'096,
          .may_hold_bytes = {},
          .age_seconds = {},
          .running = {}};
}

json always_there() {
  return {{"state", "following"},
          {"direction", "forward"},
          {"position", "16/B374D848"},
          {"source_position", "16/B374D900"},
          {"lag_seconds", 0.123},
          {"lag_bytes", 184},
          {"pending_transactions", 3},
          {"transactions", 50},
          {"changes", 120},
          {"changes_per_second", 42.5},
          {"slot_holds_bytes", 4'096},
          {"ready", true},
          {"not_ready", json::array()}};
}

TEST(LiveStatus, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(following().to_json(), always_there());
}

TEST(LiveStatus, HasWhatIsKnown) {
  LiveStatus status = following();
  status.why = "table t is not the same";
  status.source = "shop on db1:5432";
  status.may_hold_bytes = 0;
  status.age_seconds = 0.25;
  status.running = false;
  json expected = always_there();
  expected.update(json{{"why", "table t is not the same"},
                       {"source", "shop on db1:5432"},
                       {"slot_may_hold_bytes", 0},
                       {"age_seconds", 0.25},
                       {"running", false}});
  EXPECT_EQ(status.to_json(), expected);
}

TEST(LiveStatus, SaysWhatASwitchoverCarriesAndWhatWasWrittenTooLate) {
  LiveStatus status = following();
  status.carry = LiveCarry{.tables = 2, .large_objects = true, .bytes = 25'000'000};
  status.late_writes = LiveLateWrites{.transactions = 0, .last = {}};
  EXPECT_EQ(status.to_json()["carried"],
            (json{{"tables", 2}, {"large_objects", true}, {"bytes", 25'000'000}, {"forecast_seconds", 0.5}}));
  EXPECT_EQ(status.to_json()["late_writes"], (json{{"transactions", 0}}));
  status.late_writes = LiveLateWrites{.transactions = 3, .last = "DELETE of public.t"};
  EXPECT_EQ(status.to_json()["late_writes"], (json{{"transactions", 3}, {"last", "DELETE of public.t"}}));
}

TEST(LiveStatus, SaysWhatASwitchoverWouldWaitForWhileItFollows) {
  LiveStatus status = following();
  status.not_ready = {"a", "b"};
  EXPECT_EQ(status.to_json()["ready"], false);
  EXPECT_EQ(status.to_json()["not_ready"], (json{"a", "b"}));
  status.state = "stopped";
  EXPECT_FALSE(status.to_json().contains("ready"));
}

TEST(LiveStatus, IsInTheReportWithItsSamples) {
  Report report;
  EXPECT_FALSE(json::parse(report.to_json()).contains("live"));
  report.live = following();
  EXPECT_EQ(json::parse(report.to_json())["live"], always_there());
  report.live_samples = {{.at = 1.0004, .lag_seconds = 0.5, .changes_per_second = 10},
                         {.at = 2, .lag_seconds = 0, .changes_per_second = 20}};
  report.live_rounds = {{.at = 1.5, .seconds = 0.25, .keys = 300, .different = 1}};
  json expected = always_there();
  expected["rounds"] = {{{"at", 1.5}, {"seconds", 0.25}, {"keys", 300}, {"different", 1}}};
  expected["samples"] = {{{"at", 1.0}, {"lag_seconds", 0.5}, {"changes_per_second", 10.0}},
                         {{"at", 2.0}, {"lag_seconds", 0.0}, {"changes_per_second", 20.0}}};
  EXPECT_EQ(json::parse(report.to_json())["live"], expected);
}

}  // namespace
}  // namespace pghaul::measure
