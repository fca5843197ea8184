#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <tuple>

#include "fidelity/copy.h"
#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"
#include "support/versions.h"

namespace pghaul::fidelity {
namespace {

struct Pair {
  int source;
  int target;
};

void PrintTo(const Pair& pair, std::ostream* out) {
  *out << pair.source << " to " << pair.target;
}

/// From a server of one major version to one of another, or of the same.
class CopyBetween : public testing::TestWithParam<std::tuple<Pair, const char*>> {};

TEST_P(CopyBetween, EqualsItsSource) {
  const auto& [pair, name] = GetParam();
  const support::Version source_version = support::find_version(pair.source);
  const support::Version target_version = support::find_version(pair.target);
  for (const support::Version& version : {source_version, target_version}) {
    if (!version.missing.empty()) GTEST_SKIP() << version.missing;
  }
  const std::string_view objects = name;
  const bool is_closed_before_13 = objects == "constraints" || objects == "partitions";
  if (pair.source < 13 && is_closed_before_13 && support::needs_superuser())
    GTEST_SKIP() << "needs a superuser: an extension, or a partition's trigger, before 13";
  const support::Cluster source_server({.bin_dir = source_version.server_bin});
  const support::Cluster target_server({.bin_dir = target_version.server_bin});
  prepare(source_server);
  prepare(target_server);
  const support::Database source(source_server);
  const support::Database target(target_server);
  fill(source, name);
  ASSERT_TRUE(copied(source, target));
  EXPECT_EQ(differences(source, source_version, target, target_version, target_server), "");
}

TEST(CopyFromBefore12, ComparesFloatsByValueAndSaysWhereItCannot) {
  if (support::needs_superuser())
    GTEST_SKIP() << "needs a superuser: extensions, which none before 13 trusts";
  const support::Version source_version = support::find_version(11);
  if (!source_version.missing.empty()) GTEST_SKIP() << source_version.missing;
  const support::Cluster source_server({.bin_dir = source_version.server_bin});
  const support::Database source(source_server);
  const support::Database target(support::shared_target());
  fill(source, "old_floats");
  const support::Haul done = support::haul({"copy", source.uri(), target.uri()});
  ASSERT_EQ(done.exit_status, 0) << done.err << done.report["verification"].dump(1);
  ASSERT_EQ(done.report["left_out"].size(), 1U) << done.report["left_out"].dump(1);
  EXPECT_EQ(done.report["left_out"][0]["object"], "contents of table public.of_both_sizes");
  for (const auto& table : done.report["tables"])
    EXPECT_EQ(table["verified"], table["name"] != "of_both_sizes");
  EXPECT_EQ(target.psql("select sum(hashtext(float8send(w)::text || float4send(x)::text)) from of_ranges"),
            source.psql("select sum(hashtext(float8send(w)::text || float4send(x)::text)) from of_ranges"));
  target.psql("update of_ranges set w = 0.30000000000000004 where w = 0.1");
  const support::Haul verified = support::haul({"verify", "--rows", source.uri(), target.uri()});
  EXPECT_EQ(verified.exit_status, 6) << verified.err;
  const nlohmann::json& tables = verified.report["verification"]["different_rows"];
  ASSERT_EQ(tables.size(), 1U) << tables;  // and no row because it is written in another way
  EXPECT_EQ(tables[0]["object"], "public.of_ranges");
  EXPECT_EQ(tables[0]["rows"].size(), 2U) << tables;
}

std::string name_of(const testing::TestParamInfo<std::tuple<Pair, const char*>>& test) {
  const auto& [pair, name] = test.param;
  return std::to_string(pair.source) + "_to_" + std::to_string(pair.target) + '_' + name;
}

INSTANTIATE_TEST_SUITE_P(Versions, CopyBetween,
                         testing::Combine(testing::Values(Pair{11, 15}, Pair{13, 13}, Pair{13, 17},
                                                          Pair{15, 18}, Pair{17, 18}, Pair{18, 18},
                                                          Pair{15, 19}, Pair{19, 19}),
                                          testing::Values("types", "objects")),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Reworded, CopyBetween,
                         testing::Combine(testing::Values(Pair{13, 15}, Pair{15, 17}, Pair{17, 18},
                                                          Pair{18, 19}),
                                          testing::Values("reworded")),
                         name_of);
INSTANTIATE_TEST_SUITE_P(NewlyReserved, CopyBetween,
                         testing::Combine(testing::Values(Pair{15, 17}), testing::Values("newly_reserved")),
                         name_of);
INSTANTIATE_TEST_SUITE_P(FarApart, CopyBetween,
                         testing::Combine(testing::Values(Pair{11, 18}, Pair{15, 17}, Pair{18, 18}),
                                          testing::Values("constraints", "partitions", "reading")),
                         name_of);

}  // namespace
}  // namespace pghaul::fidelity
