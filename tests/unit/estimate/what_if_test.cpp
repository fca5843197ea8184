#include "estimate/what_if.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/units.h"
#include "support/catalog_builder.h"

namespace pghaul::estimate {
namespace {

using Variant = measure::EstimateReport::Variant;

/// Ten tables with TOAST, keys, other indexes and foreign keys, from one server with 32 cores to another.
class WhatIfTest : public testing::Test {
 protected:
  WhatIfTest() {
    catalog::Place before = source_.table("t0", 1024_MiB);
    catalog::Place key = source_.key(before);
    for (int i = 1; i < 10; ++i) {
      const catalog::Place table = source_.table("t" + std::to_string(i), 1024_MiB);
      source_.relation(table).toast_bytes = 1024_MiB;
      source_.foreign_key(table, key);
      key = source_.key(table);
      source_.index(table);
    }
    found_.target = support::empty_target();
    found_.target->settings["default_toast_compression"] = "pglz";
    found_.target->settings["wal_level"] = "replica";
    found_.plan_options.jobs = 2;
    calibration_.machines = plan::Machines(2, 2, 2);
    found_.plan_options.machines = calibration_.machines;
  }

  [[nodiscard]] std::vector<Variant> variants() const {
    return WhatIf(found_, source_.catalog, calibration_, 1).variants();
  }
  [[nodiscard]] static const Variant* find(const std::vector<Variant>& all, const std::string& beginning) {
    const auto found =
        std::ranges::find_if(all, [&](const auto& one) { return one.what.starts_with(beginning); });
    return found == all.end() ? nullptr : &*found;
  }

  support::CatalogBuilder source_;
  discovery::Discovery found_;
  Calibration calibration_;
};

TEST_F(WhatIfTest, OffersWhatWouldHelpAndMarksWhatIsARuleOfThumb) {
  calibration_.machines = plan::Machines(8, 8, 8);
  found_.plan_options.machines = calibration_.machines;
  const std::vector<Variant> all = variants();
  for (const char* what : {"--jobs 4", "--open-after keys", "--verify none"}) {
    const Variant* const one = find(all, what);
    ASSERT_NE(one, nullptr) << what;
    EXPECT_TRUE(one->measured) << what;
  }
  for (const char* what : {"--toast-compression lz4", "wal_level = minimal"}) {
    const Variant* const one = find(all, what);
    ASSERT_NE(one, nullptr) << what;
    EXPECT_FALSE(one->measured) << what;
  }
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Variant::seconds)) << "the most effective first";
}

TEST_F(WhatIfTest, OffersALargerTargetWhereItsCoresAreBusy) {
  const std::vector<Variant> all = variants();
  const Variant* const larger = find(all, "a target with twice the cores");
  ASSERT_NE(larger, nullptr);
  EXPECT_TRUE(larger->measured);
}

TEST_F(WhatIfTest, NamesWhatWouldBeBuiltAfterTheOpening) {
  const std::vector<Variant> all = variants();
  const Variant* const after_keys = find(all, "--open-after keys");
  ASSERT_NE(after_keys, nullptr);
  EXPECT_NE(after_keys->what.find("and 8 more, 9 foreign keys after it"), std::string::npos)
      << after_keys->what;
}

TEST_F(WhatIfTest, KeepsQuietAboutWhatWouldNotHelp) {
  found_.target->settings["default_toast_compression"] = "lz4";
  found_.target->settings["wal_level"] = "minimal";
  const std::vector<Variant> all = variants();
  EXPECT_EQ(find(all, "--toast-compression"), nullptr);
  EXPECT_EQ(find(all, "wal_level"), nullptr);
}

}  // namespace
}  // namespace pghaul::estimate
