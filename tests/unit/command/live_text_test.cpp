#include "pghaul/live_text.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

using nlohmann::json;

json following() {
  return {{"state", "following"},
          {"source", "shop on db1:5432"},
          {"position", "16/B374D848"},
          {"source_position", "16/B374D900"},
          {"lag_seconds", 0.2},
          {"lag_bytes", 184},
          {"pending_transactions", 3},
          {"transactions", 50},
          {"changes", 1'200},
          {"changes_per_second", 1'240.4},
          {"slot_holds_bytes", 48'000'000},
          {"age_seconds", 0.5}};
}

std::string shown(const json& live) {
  return status_text({{"verb", "status"},
                      {"target", {{"server_version", "18.1"}, {"description", "shop on db2:5432"}}},
                      {"live", live}},
                     {.style = {}, .columns = 80, .every_table = false});
}

TEST(LiveText, IsOneLineOfProgress) {
  EXPECT_EQ(live_line(following(), {}), "following, lag 0.20 s, 1,240 changes/s, slot holds 48.0 MB");
  json late = following();
  late["state"] = "catching_up";
  late["lag_seconds"] = 75.0;
  EXPECT_EQ(live_line(late, {.unicode = true}),
            "catching up · lag 75.0 s · 1,240 changes/s · slot holds 48.0 MB");
}

TEST(LiveText, SaysWhatIsProved) {
  json live = following();
  live["proved_until"] = "2026-11-30T09:41:07Z";
  live["different"] = json::array();
  live["not_compared"] = json::array({"public.big: it is too large"});
  EXPECT_TRUE(live_line(live, {}).ends_with(", proved up to 2026-11-30T09:41:07Z"));
  EXPECT_NE(shown(live).find("proved     up to 2026-11-30T09:41:07Z, but not public.big: it is too large\n"),
            std::string::npos);
  live["different"] = json::array({"public.t: 1 missing"});
  EXPECT_TRUE(live_line(live, {}).ends_with(", rows differ"));
  EXPECT_NE(shown(live).find("proved     no: rows differ: public.t: 1 missing\n"), std::string::npos);
}

TEST(LiveText, SaysHowALiveCopyStands) {
  EXPECT_EQ(shown(following()),
            "Live copy of shop on db1:5432\n"
            "        into shop on db2:5432 (PostgreSQL 18.1)\n"
            "\n"
            "  state      following\n"
            "  lag        0.20 s, 184 B of WAL, 3 transactions under way\n"
            "  applied    1,200 changes in 50 transactions since it was started; 1,240 a second\n"
            "  slot       holds 48.0 MB of WAL on the source\n"
            "  position   16/B374D848 of 16/B374D900\n"
            "  as of      0.50 s ago\n");
}

TEST(LiveText, SaysThatTheEndsHaveChangedPlaces) {
  json live = following();
  live["direction"] = "back";
  EXPECT_NE(shown(live).find("  direction  back: the source follows the target\n"), std::string::npos);
}

TEST(LiveText, SaysWhatTheSlotShowsToTheSource) {
  EXPECT_EQ(shown({{"state", "stopped"},
                   {"source", "shop on db1:5432"},
                   {"position", "16/B374D848"},
                   {"source_position", "16/B374D900"},
                   {"slot_holds_bytes", 48'000'000}}),
            "Live copy of shop on db1:5432\n"
            "        into shop on db2:5432 (PostgreSQL 18.1)\n"
            "\n"
            "  state      stopped\n"
            "  slot       holds 48.0 MB of WAL on the source\n"
            "  position   16/B374D848 of 16/B374D900\n"
            "\nTo go on: pghaul copy --follow --resume SOURCE TARGET\n");
}

TEST(LiveText, SaysWhenTheSourceWouldGiveTheSlotUp) {
  json live = following();
  live["slot_may_hold_bytes"] = 1'000'000;
  EXPECT_NE(shown(live).find("holds 48.0 MB of WAL on the source; lost when it has to hold 1.00 MB more\n"),
            std::string::npos);
}

TEST(LiveText, SaysWhetherASwitchoverMayBegin) {
  json live = following();
  live["ready"] = true;
  EXPECT_NE(shown(live).find("  ready      yes"), std::string::npos);
  live["ready"] = false;
  live["not_ready"] = {"it is behind", "session 7\nwrites"};
  EXPECT_NE(shown(live).find("  ready      no: it is behind; session 7\\nwrites\n"), std::string::npos)
      << shown(live);
}

TEST(LiveText, SaysWhatASwitchoverCarriesAndWhatWasWrittenTooLate) {
  json live = following();
  live["carried"] = {
      {"tables", 2}, {"large_objects", true}, {"bytes", 25'000'000}, {"forecast_seconds", 0.5}};
  live["late_writes"] = {{"transactions", 0}};
  EXPECT_NE(shown(live).find(
                "  carried    2 tables and large objects, 25.0 MB: not followed; where they have changed, a "
                "switchover copies them, in up to 0.50 s\n"),
            std::string::npos)
      << shown(live);
  EXPECT_NE(shown(live).find("  too late   none\n"), std::string::npos) << shown(live);
  live["carried"]["tables"] = 0;
  live["late_writes"] = {{"transactions", 1}, {"last", "DELETE of public.t\nx"}};
  EXPECT_NE(shown(live).find("  carried    large objects, "), std::string::npos) << shown(live);
  EXPECT_NE(shown(live).find("  too late   1 transaction; the last one: DELETE of public.t\\nx\n"),
            std::string::npos)
      << shown(live);
}

TEST(LiveText, SaysHowToGoOnAfterAStop) {
  json live = following();
  live["state"] = "stopped";
  EXPECT_TRUE(shown(live).ends_with("\nTo go on: pghaul copy --follow --resume SOURCE TARGET\n"));
  EXPECT_EQ(shown(following()).find("--resume"), std::string::npos);
}

TEST(LiveText, SaysWhatBrokeIt) {
  json live = following();
  live["state"] = "broken";
  live["why"] = "table t is not\nthe same";
  EXPECT_NE(shown(live).find("  state      broken\n  because    table t is not\\nthe same\n"),
            std::string::npos)
      << shown(live);
}

TEST(LiveText, HasNoFiguresWhileNoneWereWritten) {
  EXPECT_EQ(shown({{"state", "copying"}, {"source", "shop on db1:5432"}, {"lag_seconds", 0.0}}),
            "Live copy of shop on db1:5432\n"
            "        into shop on db2:5432 (PostgreSQL 18.1)\n"
            "\n"
            "  state      copying\n");
}

}  // namespace
}  // namespace pghaul::command
