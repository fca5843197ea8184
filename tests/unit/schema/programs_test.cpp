#include "schema/programs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace pghaul::schema {
namespace {

std::vector<Programs> of_versions(const std::vector<int>& versions) {
  std::vector<Programs> result;
  for (const int version : versions) result.push_back({"pg_dump", "pg_restore", version});
  return result;
}

std::vector<int> order(const std::vector<int>& versions, int source, int target) {
  std::vector<int> result;
  for (const Programs& each : suitable_programs(of_versions(versions), source, target)) {
    result.push_back(each.version);
  }
  return result;
}

TEST(Programs, ThoseOfTheTargetsMajorVersionComeFirst) {
  EXPECT_EQ(order({180006, 150020, 170012}, 150020, 170005), (std::vector{170012, 150020, 180006}));
}

TEST(Programs, OneThatIsOlderThanTheSourceIsNeverTaken) {
  EXPECT_EQ(order({130023, 140019, 150020}, 150001, 170012), (std::vector{150020}));
  EXPECT_TRUE(order({130023, 150020}, 160001, 170012).empty());
}

TEST(Programs, WithoutTheTargetsVersionTheNewestInBetweenComesFirst) {
  EXPECT_EQ(order({140001, 160002, 150003}, 130001, 170001), (std::vector{160002, 150003, 140001}));
}

TEST(Programs, OfThoseBeyondTheTargetTheOldestComesFirst) {
  EXPECT_EQ(order({180006, 170012}, 160001, 160001), (std::vector{170012, 180006}));
}

TEST(Programs, OfOneMajorVersionTheNewestMinorComesFirst) {
  EXPECT_EQ(order({170011, 170012, 170009}, 150020, 170001), (std::vector{170012, 170011, 170009}));
}

TEST(Programs, ATargetThatIsOlderThanTheSourceIsServedByTheSourcesVersion) {
  EXPECT_EQ(order({150020, 170012}, 170001, 150001), (std::vector{170012}));
}

TEST(Programs, VersionsAreReadFromReleasesAndPrereleases) {
  EXPECT_EQ(parse_program_version("pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"), 150020);
  EXPECT_EQ(parse_program_version("pg_dump (PostgreSQL) 17.12\n"), 170012);
  EXPECT_EQ(parse_program_version("pg_dump (PostgreSQL) 19rc1\n"), 190000);
  EXPECT_EQ(parse_program_version("pg_dump: command not found"), std::nullopt);
  EXPECT_EQ(of_versions({170012}).front().version_text(), "17.12");
}

TEST(Programs, AreNotLookedForWhereWeHappenToBe) {
  const std::filesystem::path before = std::filesystem::current_path();
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("pghaul-programs-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  for (const char* name : {"pg_dump", "pg_restore"}) {
    std::ofstream(folder / name) << "#!/bin/sh\necho 'pg_dump (PostgreSQL) 99.9'\n";
    std::filesystem::permissions(folder / name, std::filesystem::perms::owner_all);
  }
  const char* usual = std::getenv("PATH");
  const std::string path = usual == nullptr ? "" : usual;
  const auto newest = [](const std::string& searched) {
    setenv("PATH", searched.c_str(), 1);
    const Result<std::vector<Programs>> found = find_programs(120000, 990000);
    return found ? found->front().version : 0;
  };
  std::filesystem::current_path(folder);
  EXPECT_EQ(newest(folder), 990009);
  EXPECT_NE(newest("."), 990009);
  EXPECT_NE(newest("../" + folder.filename().string()), 990009);
  setenv("PATH", path.c_str(), 1);
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace pghaul::schema
