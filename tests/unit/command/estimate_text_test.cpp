#include "pghaul/estimate_text.h"

#include <gtest/gtest.h>

namespace pghaul::command {
namespace {

using nlohmann::json;

json estimated() {
  return {{"verb", "estimate"},
          {"source", {{"server_version", "15.20"}, {"description", "shop on db1:5432"}}},
          {"estimate",
           {{"seconds", 200.0},
            {"low", 170.0},
            {"high", 240.0},
            {"jobs", 4},
            {"measured", true},
            {"sampled_tables", 3},
            {"measuring_seconds", 12.0},
            {"phases", {{{"name", "data"}, {"start", 1.0}, {"seconds", 150.0}}}},
            {"milestones", {{{"name", "verified"}, {"seconds", 200.0}}}},
            {"critical",
             {{{"phase", "indexes"}, {"what", "public.orders_at"}, {"start", 150.0}, {"seconds", 40.0}}}},
            {"variants",
             {{{"what", "--jobs 8"}, {"seconds", 120.0}, {"measured", true}},
              {{"what", "lz4"}, {"seconds", 190.0}, {"measured", false}}}}}}};
}

std::string text(const json& report) {
  return estimate_text(report, {.style = {}, .columns = 80, .every_table = false});
}

bool says(const json& report, const std::string& what) {
  return text(report).find(what) != std::string::npos;
}

json with_window(double seconds) {
  json report = estimated();
  report["estimate"]["window"] = {{"seconds", seconds},
                                  {"fits", 240 <= seconds},
                                  {"likely", 200 <= seconds},
                                  {"margin", seconds - 200},
                                  {"safe_margin", seconds - 240}};
  return report;
}

TEST(EstimateText, SaysHowLongAndHowSure) {
  EXPECT_TRUE(says(estimated(), "3 min 20 s; 8 times in 10 between 2 min 50 s and 4 min 00 s"))
      << text(estimated());
  EXPECT_TRUE(says(estimated(), "public.orders_at"));
}

TEST(EstimateText, AnswersWhetherItFits) {
  EXPECT_TRUE(says(with_window(300), "yes: it fits into 5 min"));
  EXPECT_TRUE(says(with_window(220), "likely: it should fit"));
  EXPECT_TRUE(says(with_window(100), "no: it does not fit"));
  EXPECT_FALSE(says(estimated(), "fit into"));
}

TEST(EstimateText, MarksRulesOfThumb) {
  EXPECT_TRUE(says(estimated(), "lz4 *"));
  EXPECT_TRUE(says(estimated(), "* by a rule of thumb"));
  EXPECT_FALSE(says(estimated(), "--jobs 8 *"));
}

TEST(EstimateText, SaysWhenNothingWasMeasured) {
  json report = estimated();
  report["estimate"]["measured"] = false;
  EXPECT_TRUE(says(report, "nothing measured"));
}

TEST(EstimateText, OfAReportWithoutOneIsEmpty) {
  EXPECT_EQ(text({{"verb", "estimate"}}), "");
}

}  // namespace
}  // namespace pghaul::command
