#include "pghaul/summary.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

using nlohmann::json;

json copied() {
  return {{"verb", "copy"},
          {"status", "verified"},
          {"source",
           {{"server_version", "15.20"}, {"description", "shop on db1:5432"}, {"bytes", 2'310'000'000}}},
          {"target", {{"server_version", "17.10"}, {"description", "shop on db2:5432"}, {"bytes", 0}}},
          {"downtime", {{"seconds", 12.3}, {"seconds_per_gb", 5.32}, {"predicted_seconds", 11.0}}},
          {"phases",
           {{{"name", "discover"}, {"start", 0.0}, {"seconds", 0.4}},
            {{"name", "data"}, {"start", 0.4}, {"seconds", 9.1}}}},
          {"tables",
           {{{"schema", "public"},
             {"name", "orders"},
             {"rows", 1'200'000},
             {"bytes", 310'000'000},
             {"seconds", 2.1},
             {"verified", true}},
            {{"schema", "public"},
             {"name", "x\ny"},
             {"rows", 34},
             {"bytes", 1'000},
             {"seconds", 0.01},
             {"verified", true}}}},
          {"indexes", {{{"name", "orders_pkey"}}}},
          {"large_objects", {{"count", 200}, {"bytes", 1'234'567}, {"verified", true}}},
          {"left_out", json::array()},
          {"findings", json::array()},
          {"verification",
           {{"mode", "checksums"}, {"tables", 2}, {"rows", 1'200'034}, {"mismatches", json::array()}}}};
}

std::string shown(const json& report, bool every_table = false) {
  return summary_of(report, {{}, 80, every_table});
}

TEST(Summary, OfACopySaysWhatWasMovedHowFastAndThatItWasVerified) {
  EXPECT_EQ(shown(copied()),
            "Copied shop on db1:5432 (PostgreSQL 15.20)\n"
            "    to shop on db2:5432 (PostgreSQL 17.10)\n"
            "\n"
            "  rows            1,200,034 in 2 tables\n"
            "  bytes           310 MB of rows; the source takes 2.31 GB on disk\n"
            "  indexes         1\n"
            "  large objects   200, 1.23 MB\n"
            "\n"
            "  phase     begins  seconds\n"
            "  discover     0.0      0.4\n"
            "  data         0.4      9.1\n"
            "\n"
            "  downtime        12.3 s; forecast 11.0 s (+12 %)\n"
            "  per GB          5.3 s; 34 times as fast as the 3 minutes per GB\n"
            "                  that hosted pg:copy documents\n"
            "\n"
            "verified: 2 tables, 1,200,034 rows\n");
}

TEST(Summary, SaysWhatElseWasComparedAndWhatWasNoted) {
  json report = copied();
  report["verification"]["generated_columns"] = 1;
  report["verification"]["materialized_views"] = 2;
  report["verification"]["notes"] = {
      {{"object", "materialized view public.m"}, {"message", "was not compared"}}};
  const std::string text = shown(report);
  EXPECT_NE(text.find("\n  noted\n    materialized view public.m: was not compared\n"), std::string::npos)
      << text;
  EXPECT_TRUE(
      text.ends_with("verified: 2 tables, 1,200,034 rows, 1 generated column, 2 materialized views\n"
                     "1 thing was noted; see above\n"))
      << text;
}

TEST(Summary, SaysWhoseStatisticsWereCarriedOver) {
  json report = copied();
  report["statistics"] = {{"carried", 1}, {"analyzed", 0}};
  EXPECT_NE(shown(report).find("  statistics      carried over for 1 table\n"), std::string::npos);
  report["statistics"] = {{"carried", 0}, {"analyzed", 2}};
  EXPECT_EQ(shown(report).find("statistics"), std::string::npos);
}

TEST(Summary, ComparesNoSmallDatabaseWithHostedCopies) {
  json report = copied();
  report["source"]["bytes"] = 8'000'000;
  EXPECT_EQ(shown(report).find("times as fast"), std::string::npos);
}

TEST(Summary, ComparesNoBloatWithHostedCopies) {
  json report = copied();
  report["tables"] = {{{"schema", "public"}, {"name", "t"}, {"rows", 1}, {"bytes", 880}, {"verified", true}}};
  EXPECT_EQ(shown(report).find("times as fast"), std::string::npos);
}

TEST(Summary, OfAResumedCopyTellsSinceWhenWritesStoodStill) {
  json report = copied();
  report["downtime"] = {{"seconds", 3612.3}, {"of_this_run", 12.3}};
  EXPECT_NE(shown(report).find("since the copy began; this run took 12.3 s\n"), std::string::npos)
      << shown(report);
  EXPECT_EQ(shown(report).find("forecast"), std::string::npos);
  EXPECT_EQ(shown(report).find("per GB"), std::string::npos);
}

TEST(Summary, DoesNotBoastWhenItWasSlower) {
  json report = copied();
  report["downtime"]["seconds_per_gb"] = 200.0;
  EXPECT_NE(shown(report).find("hosted pg:copy documents 3 minutes per GB"), std::string::npos);
  EXPECT_EQ(shown(report).find("times as fast"), std::string::npos);
}

TEST(Summary, ClaimsNoMoreThanWasChecked) {
  json report = copied();
  report["verification"]["mode"] = "counts";
  EXPECT_NE(shown(report).find("row counts agree: 2 tables, 1,200,034 rows; contents were not compared"),
            std::string::npos);
  EXPECT_EQ(shown(report).find("verified"), std::string::npos);
  report.erase("verification");
  EXPECT_NE(shown(report).find("copied, not verified"), std::string::npos);
}

TEST(Summary, NamesWhatWasLeftOut) {
  json report = copied();
  report["left_out"] = {{{"object", "foreign table public.f"}, {"reason", "its rows live elsewhere"}}};
  EXPECT_NE(shown(report).find("  left out\n    foreign table public.f: its rows live elsewhere\n"),
            std::string::npos);
  EXPECT_NE(shown(report).find("the copy is partial: 1 object was left out\n"), std::string::npos);
  EXPECT_NE(shown(report).find("verified, but partial: 2 tables"), std::string::npos);
  report["verification"]["mode"] = "counts";
  EXPECT_NE(shown(report).find("row counts agree, but partial: 2 tables"), std::string::npos);
  report.erase("verification");
  EXPECT_NE(shown(report).find("copied in part, not verified"), std::string::npos);
}

TEST(Summary, CountsWarnings) {
  json report = copied();
  report["findings"] = {{{"severity", "warning"}, {"message", "m"}},
                        {{"severity", "refusal"}, {"message", "r"}}};
  EXPECT_NE(shown(report).find("finished with 1 warning\n"), std::string::npos);
}

TEST(Summary, ListsEveryTableWhenAsked) {
  EXPECT_NE(shown(copied(), true)
                .find("  table               rows    bytes   takes  verified\n"
                      "  public.orders  1,200,000   310 MB   2.1 s  yes\n"
                      "  public.x\\ny           34  1.00 kB  0.01 s  yes\n"),
            std::string::npos)
      << shown(copied(), true);
}

TEST(Summary, OfAComparisonNamesTheDifferences) {
  json report = copied();
  report["verb"] = "verify";
  report["status"] = "mismatch";
  report.erase("downtime");
  report["verification"]["mismatches"] = {
      {{"object", "public.orders"}, {"message", "source has 10 rows, target 9"}}};
  const std::string text = shown(report);
  EXPECT_TRUE(text.starts_with("Compared shop on db1:5432 (PostgreSQL 15.20)\n    with shop on db2:5432"))
      << text;
  EXPECT_NE(text.find("  different\n    public.orders: source has 10 rows, target 9\n"), std::string::npos);
  EXPECT_NE(text.find("different: 1 difference in 2 tables, 1,200,034 rows\n"), std::string::npos);
  EXPECT_EQ(text.find("verified:"), std::string::npos);
}

json given_up() {
  return {
      {"verb", "abandon"},
      {"target", {{"server_version", "17.10"}, {"description", "shop on db2:5432"}, {"database", "shop"}}},
      {"abandoned",
       {{"source", "shop on db1:5432"},
        {"started", "2026-11-22T15:00:00Z"},
        {"runs", 2},
        {"tasks_done", 30},
        {"left", {{{"kind", "table"}, {"count", 12}}}}}}};
}

TEST(Summary, OfWhatWasGivenUpSaysWhatTheTargetKeeps) {
  EXPECT_EQ(
      shown(given_up()),
      "Gave up the copy from shop on db1:5432 that began 2026-11-22T15:00:00Z.\n"
      "\n"
      "shop on db2:5432 (PostgreSQL 17.10) keeps 12 tables.\n"
      "Rows, indexes and constraints may be missing there. To start anew: pghaul copy --confirm shop\n");
}

TEST(Summary, OfALiveCopyThatWasGivenUpDoesNotCallItsTargetIncomplete) {
  json report = given_up();
  report["abandoned"]["freed_source"] = true;
  report["abandoned"]["was_following"] = true;
  EXPECT_EQ(shown(report),
            "Gave up the copy from shop on db1:5432 that began 2026-11-22T15:00:00Z.\n"
            "Its replication slot, publication and schema were removed from the source.\n"
            "\n"
            "shop on db2:5432 (PostgreSQL 17.10) keeps 12 tables.\n"
            "Everything had been copied there, and the source's changes applied until pghaul was stopped.\n");
}

TEST(Summary, OfALiveCopyWhoseTargetIsLostSaysThatTheSourceIsFree) {
  json report = given_up();
  report.erase("target");
  report["abandoned"]["runs"] = 0;
  report["abandoned"]["freed_source"] = true;
  EXPECT_EQ(shown(report),
            "Gave up the live copy from shop on db1:5432 that began 2026-11-22T15:00:00Z.\n"
            "Its replication slot, publication and schema were removed from the source.\n");
}

}  // namespace
}  // namespace pghaul::command
