#include "estimate/sync_forecast.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "support/catalog_builder.h"

namespace pghaul::estimate {
namespace {

/// Two tables of a gigabyte, with ten million rows each, between servers with two cores.
class SyncForecastTest : public testing::Test {
 protected:
  SyncForecastTest() {
    support::CatalogBuilder source;
    const catalog::Place orders = source.table("orders", 1024_MiB);
    const catalog::Place events = source.table("events", 1024_MiB);
    source.index(events);
    found_.source = source.catalog;
    found_.target = support::empty_target();
    found_.plan_options.jobs = 2;
    calibration_.machines = plan::Machines(2, 2, 2);
    sample_.comparable = {orders, events};
    sample_.tables = {{.place = orders, .object = "public.orders", .rows = 1e7, .written = 0},
                      {.place = events, .object = "public.events", .rows = 1e7, .written = 0}};
  }
  [[nodiscard]] measure::EstimateReport::Sync forecast() const {
    return sync_forecast(sample_, found_, calibration_, 1);
  }
  /// Makes the record tell about all tables.
  void count_all() {
    sample_.by_record = true;
    for (SyncSample::Table& table : sample_.tables) {
      table.counted = true;
      table.source_scan = table.target_scan = 0.5;
    }
  }

  discovery::Discovery found_;
  Calibration calibration_;
  SyncSample sample_;
};

TEST_F(SyncForecastTest, CountsWhereThereIsARecordInsteadOfComparing) {
  const measure::EstimateReport::Sync compared = forecast();
  EXPECT_GT(compared.compare, 1);
  EXPECT_EQ(compared.in_full, 2U);
  count_all();
  const measure::EstimateReport::Sync counted = forecast();
  EXPECT_DOUBLE_EQ(counted.count, 1);  // two sessions, four scans of half a second
  EXPECT_EQ(counted.compare, 0);
  EXPECT_EQ(counted.unchanged, 2U);
  EXPECT_LT(counted.seconds, compared.seconds);
}

TEST_F(SyncForecastTest, GrowsWithTheRowsToWrite) {
  count_all();
  sample_.tables[1].written = 1e5;
  const measure::EstimateReport::Sync few = forecast();
  sample_.tables[1].written = 1e6;
  const measure::EstimateReport::Sync many = forecast();
  EXPECT_NEAR(many.write - 0.5, 10 * (few.write - 0.5), 0.01);  // beside the scan
  ASSERT_EQ(many.tables.size(), 1U);
  EXPECT_EQ(many.tables[0].object, "public.events");
  EXPECT_DOUBLE_EQ(many.seconds, many.discover + many.count + many.compare + many.write + many.verify);
  EXPECT_LT(many.low, many.seconds);
  EXPECT_GT(many.high, many.seconds);
}

TEST_F(SyncForecastTest, TakesTablesThatWereNotSampledForSuchAsTheOthers) {
  sample_.tables[0].written = 1e5;
  sample_.tables[1].written.reset();
  const measure::EstimateReport::Sync forecast = this->forecast();
  EXPECT_DOUBLE_EQ(forecast.rows, 2e5);
  ASSERT_EQ(forecast.tables.size(), 2U);
  EXPECT_NE(forecast.tables[0].sampled, forecast.tables[1].sampled);
}

TEST_F(SyncForecastTest, ComparesAgainOnlyWhatIsWritten) {
  const measure::EstimateReport::Sync equal = forecast();
  sample_.tables[0].written = 10;
  EXPECT_GT(forecast().verify, equal.verify + 0.5);
}

}  // namespace
}  // namespace pghaul::estimate
