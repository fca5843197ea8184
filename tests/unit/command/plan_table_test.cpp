#include "pghaul/plan_table.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

using nlohmann::json;

json table(const std::string& name, std::uint64_t bytes, const std::string& reason = "") {
  return {{"schema", "public"},
          {"name", name},
          {"rows", 1'200'000},
          {"bytes", bytes},
          {"format", reason.empty() ? "binary" : "text"},
          {"reason", reason},
          {"chunks", 4},
          {"seconds", 2.1}};
}

json planned() {
  return {{"verb", "plan"},
          {"source", {{"server_version", "15.20"}, {"description", "shop on db1:5432"}}},
          {"jobs", 2},
          {"predicted_seconds", 9.9},
          {"tables",
           {table("small", 8'192), table("orders", 310'000'000),
            table("hooks", 500'000, "column f is of type regproc")}},
          {"indexes", 118},
          {"keys", 40},
          {"foreign_keys", 1},
          {"materialized_views", 0},
          {"sequences", 12},
          {"large_objects", {{"count", 200}, {"bytes", 1'234'567}}},
          {"statistics", {{"carried", 2}, {"analyzed", 1}}},
          {"left_out", {{{"object", "foreign table public.f"}, {"reason", "its rows live elsewhere"}}}},
          {"findings",
           {{{"severity", "refusal"},
             {"code", "missing_role"},
             {"message", "no role \"app\""},
             {"hint", "--no-owner"}}}}};
}

std::string shown(const json& report, const SummaryLayout& layout = {}) {
  return plan_text(report, layout);
}

TEST(Plan, IsATableWithTheLargestFirst) {
  EXPECT_EQ(shown(planned()),
            "Copying shop on db1:5432 (PostgreSQL 15.20)\n"
            "\n"
            "  table              ~rows  on disk  format  parts  takes\n"
            "  public.orders  1,200,000   310 MB  binary      4  2.1 s\n"
            "  public.hooks   1,200,000   500 kB  text        4  2.1 s\n"
            "  public.small   1,200,000  8.19 kB  binary      4  2.1 s\n"
            "\n"
            "  3 tables, 118 indexes, 40 keys, 1 foreign key, 12 sequences,\n"
            "  200 large objects\n"
            "  statistics: carried over for 2 tables, gathered anew for 1\n"
            "  forecast: 9.9 s with 2 workers\n"
            "\n"
            "  not in binary\n"
            "    public.hooks: column f is of type regproc\n"
            "\n"
            "  left out\n"
            "    foreign table public.f: its rows live elsewhere\n"
            "\n"
            "  findings\n"
            "    refusal: no role \"app\"\n"
            "      hint: --no-owner\n");
}

TEST(Plan, IsNothingWhereItCameToNone) {
  EXPECT_EQ(shown({{"verb", "plan"}, {"tables", json::array()}, {"indexes", json::array()}}), "");
}

TEST(Plan, SaysWhereProcessorsAreBusy) {
  json report = planned();
  report["forecast"] = {{"low", 40.0}, {"likely", 100.0}, {"high", 250.0}, {"slowdown", 4.25}};
  EXPECT_NE(shown(report).find("\n  busy or slow processors: 4.2 times as long as"), std::string::npos)
      << shown(report);
  report["forecast"]["slowdown"] = 1.1;
  EXPECT_EQ(shown(report).find("busy"), std::string::npos) << shown(report);
}

TEST(Plan, ShowsTheTwentyLargestTablesUnlessAskedForAll) {
  json report = planned();
  for (int i = 0; i < 30; ++i) report["tables"].push_back(table("t" + std::to_string(i), 1));
  EXPECT_NE(shown(report).find("  and 13 smaller tables (--verbose lists all)\n"), std::string::npos);
  EXPECT_EQ(shown(report).find("public.t29 "), std::string::npos);
  EXPECT_NE(shown(report, {.every_table = true}).find("public.t29 "), std::string::npos);
}

TEST(Plan, CutsLongNamesOnATerminalOnly) {
  json report = planned();
  report["tables"].push_back(table(std::string(100, 'x'), 1));
  const std::string cut_short = shown(report, {.style = {.terminal = true}, .columns = 80});
  for (std::size_t begin = 0; begin < cut_short.size();) {
    const std::size_t end = cut_short.find('\n', begin);
    EXPECT_LE(end - begin, 80u);
    begin = end + 1;
  }
  EXPECT_NE(shown(report).find(std::string(100, 'x')), std::string::npos);
}

TEST(Plan, OfADatabaseWithoutTablesIsShort) {
  EXPECT_EQ(
      shown({{"verb", "plan"}, {"source", {{"description", "empty on db1"}}}, {"tables", json::array()}}),
      "Copying empty on db1\n\n  0 tables\n");
}

TEST(Plan, OfALiveCopySaysWhatItDoesToTheSource) {
  constexpr const char* kOnTheSource = "on the source, until pghaul abandon SOURCE TARGET removes them";
  json report = planned();
  EXPECT_EQ(shown(report).find(kOnTheSource), std::string::npos);
  report["settings"]["follow"] = "true";
  EXPECT_NE(shown(report).find(kOnTheSource), std::string::npos);
}

}  // namespace
}  // namespace pghaul::command
