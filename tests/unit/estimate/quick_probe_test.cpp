#include "estimate/quick_probe.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "plan/copy_forecast.h"
#include "support/catalog_builder.h"

namespace pghaul::estimate {
namespace {

/// A copy of four tables by two workers; everything is on one machine of two cores.
class QuickProbe : public testing::Test {
 protected:
  QuickProbe() {
    for (const char* name : {"a", "b", "c", "d"}) {
      const catalog::Place table = source_.table(name, 1024_MiB);
      source_.index(table);
    }
    found_.source = source_.catalog;
    found_.target = support::empty_target();
    found_.plan_options.jobs = 2;
    found_.plan_options.machines = plan::Machines(2);
    found_.plan = plan::make_plan(found_.source, &*found_.target, found_.plan_options);
    found_.predicted_seconds = plan::look_ahead(found_.plan, found_.plan_options.rates, found_.surroundings,
                                                found_.plan_options.machines)
                                   .downtime;
  }
  [[nodiscard]] double slowed(double burst, double cores) const {
    return slowdown(found_, {.source = {}, .target = Cores{burst * kReferenceBurstSeconds, cores, 4}});
  }

  support::CatalogBuilder source_;
  discovery::Discovery found_;
};

TEST_F(QuickProbe, ChangesNothingOnTheMachineOfTheShippedRates) {
  EXPECT_NEAR(slowed(1, 2), 1, 0.01);
  EXPECT_NEAR(slowed(1, 4), 1, 0.01) << "more sessions than cores got a share of others'";
}

TEST_F(QuickProbe, FollowsTheSpeedOfProcessors) {
  EXPECT_NEAR(slowed(3, 2), 3, 0.1);
  EXPECT_NEAR(slowed(0.5, 2), 0.5, 0.05);
}

TEST_F(QuickProbe, FollowsTheCoresThatOthersLeave) {
  EXPECT_GT(slowed(1, 0.5), 2);
  EXPECT_GT(slowed(4, 0.5), slowed(1, 0.5));
}

TEST_F(QuickProbe, TakesFewSessionsForNoSignOfBusyCores) {
  EXPECT_NEAR(slowdown(found_, {.source = {}, .target = Cores{kReferenceBurstSeconds, 1, 1}}), 1, 0.01);
}

TEST_F(QuickProbe, TellsServersOnMachinesOfTheirOwnApart) {
  found_.plan_options.machines = plan::Machines(2, 2, 2);
  const Cores idle{kReferenceBurstSeconds, 2, 2};
  const Cores busy{4 * kReferenceBurstSeconds, 2, 2};
  const double of_target = slowdown(found_, {.source = idle, .target = busy});
  const double of_source = slowdown(found_, {.source = busy, .target = idle});
  EXPECT_GT(of_target, of_source) << "the target has more to do";
  EXPECT_GT(of_source, 1.1);
}

}  // namespace
}  // namespace pghaul::estimate
