#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul::cli {
namespace {

/// What others get of a run while it lasts, and at its end.
class OnEnd : public testing::Test {
 protected:
  OnEnd() { source_.psql("create table t (id int); insert into t select generate_series(1, 20)"); }
  ~OnEnd() override {
    std::filesystem::remove(metrics_);
    std::filesystem::remove(told_);
  }

  [[nodiscard]] support::Haul copy(std::vector<std::string> options) const {
    options.insert(options.begin(), {"copy", source_.uri(), target_.uri(), "--metrics", metrics_, "--on-end",
                                     "echo \"$PGHAUL_END_VERB $PGHAUL_END_STATUS $PGHAUL_END_EXIT_STATUS"
                                     " $PGHAUL_END_PARTIAL $PGHAUL_END_ERROR\" > " +
                                         told_ + "; echo said"});
    return support::haul(options);
  }
  static std::string contents(const std::string& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
  const std::string metrics_ = testing::TempDir() + source_.name() + ".prom";
  const std::string told_ = testing::TempDir() + source_.name() + ".told";
};

TEST_F(OnEnd, TellsACommandAndPrometheus) {
  const support::Haul copied = copy({"--schema-only", "--strict"});
  EXPECT_EQ(copied.exit_status, 9) << copied.err;
  EXPECT_EQ(contents(told_), "copy verified 9 1 \n");
  EXPECT_EQ(copied.out.find("said"), std::string::npos) << "it goes to standard error";
  EXPECT_NE(copied.err.find("said"), std::string::npos) << copied.err;
  for (const char* line : {"\npghaul_finished 1\n", "\npghaul_exit_status 9\n", "\npghaul_partial 1\n",
                           "\npghaul_result{status=\"verified\"} 1\n"}) {
    EXPECT_NE(contents(metrics_).find(line), std::string::npos) << line << " in " << contents(metrics_);
  }
}

TEST_F(OnEnd, TellsOfAFailure) {
  target_.psql("create table t (id int)");
  EXPECT_EQ(copy({}).exit_status, 3);
  EXPECT_TRUE(contents(told_).starts_with("copy refused 3 0 the target database")) << contents(told_);
  EXPECT_NE(contents(metrics_).find("\npghaul_exit_status 3\n"), std::string::npos);
}

}  // namespace
}  // namespace pghaul::cli
