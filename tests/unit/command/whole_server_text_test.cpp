#include "pghaul/whole_server_text.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

using nlohmann::json;

json run_of(const char* name, const char* status, int exit_status) {
  return {{"name", name},
          {"exit_status", exit_status},
          {"report",
           {{"verb", "copy"},
            {"status", status},
            {"seconds", 1.5},
            {"resources", {{"jobs", 2}}},
            {"tables", {{{"name", "t"}, {"rows", 1200}, {"bytes", 34'000}}}}}}};
}

json copied() {
  return {{"verb", "copy"},
          {"status", "verified"},
          {"source", {{"description", "postgres on db1:5432"}, {"server_version", "15.20"}}},
          {"target", {{"description", "postgres on db2:5432"}, {"server_version", "18.4"}}},
          {"downtime", {{"seconds", 2.5}}},
          {"databases", {run_of("shop", "verified", 0), run_of("mail", "verified", 0)}}};
}

std::string shown(const json& report) {
  return whole_server_text(report, {{}, 80, false});
}

TEST(WholeServerText, HasALineForEachDatabase) {
  EXPECT_FALSE(is_of_whole_server(json{{"verb", "copy"}}));
  EXPECT_EQ(shown(copied()),
            "Copied all databases of the server of postgres on db1:5432 (PostgreSQL 15.20)\n"
            "    to that of postgres on db2:5432 (PostgreSQL 18.4)\n"
            "\n"
            "  database  result     rows    bytes  workers  takes\n"
            "  shop      verified  1,200  34.0 kB        2  1.5 s\n"
            "  mail      verified  1,200  34.0 kB        2  1.5 s\n"
            "\n"
            "  downtime        2.5 s\n"
            "\n"
            "verified: 2 databases\n");
}

TEST(WholeServerText, NamesWhatFailedAndWhatIsMissing) {
  json report = copied();
  json& mail = report["databases"][1];
  mail["exit_status"] = 3;
  mail["report"]["status"] = "refused";
  mail["report"]["findings"] = {
      {{"severity", "refusal"}, {"message", "the target lacks x"}, {"hint", "make it"}}};
  report["databases"][0]["report"]["left_out"] = {
      {{"object", "table public.t"}, {"reason", "it is unreadable"}}};
  const std::string text = shown(report);
  EXPECT_NE(text.find("\n  mail\n    refusal: the target lacks x: make it\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n  shop\n    left out: table public.t: it is unreadable\n"), std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("1 of 2 databases failed\n")) << text;
}

}  // namespace
}  // namespace pghaul::command
