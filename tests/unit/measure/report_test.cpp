#include "measure/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pghaul::measure {
namespace {

Report copied() {
  Report report;
  report.verb = "copy";
  report.status = "verified";
  report.is_downtime = true;
  report.seconds = 12.5;
  report.predicted_seconds = 10;
  report.source = Report::Database{"15.20", "shop", "shop on db1:5432", 2'000'000'000, {}};
  return report;
}

nlohmann::json downtime_of(const Report& report) {
  return nlohmann::json::parse(report.to_json())["downtime"];
}

TEST(Report, SaysWhatAGigabyteOfAWholeDatabaseTook) {
  EXPECT_EQ(downtime_of(copied()),
            (nlohmann::json{{"seconds", 12.5}, {"seconds_per_gb", 6.25}, {"predicted_seconds", 10.0}}));
}

TEST(Report, SaysNothingOfAGigabyteWherePartOfItWasCopied) {
  for (const char* option : {"schema", "exclude-schema", "table", "exclude-table"}) {
    Report report = copied();
    report.settings[option] = "tiny";
    EXPECT_FALSE(downtime_of(report).contains("seconds_per_gb")) << option;
  }
  Report report = copied();
  report.status = "interrupted";
  EXPECT_FALSE(downtime_of(report).contains("seconds_per_gb"));
}

TEST(Report, OfAResumedCopyCountsDowntimeFromTheFirstRunOn) {
  Report report = copied();
  report.earlier_seconds = 3600;
  EXPECT_EQ(downtime_of(report), (nlohmann::json{{"seconds", 3612.5}, {"of_this_run", 12.5}}));
}

}  // namespace
}  // namespace pghaul::measure
