#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

namespace fs = std::filesystem;

/// Writes `source` into an archive, and restores that.
testing::AssertionResult copied_by_archive(const support::Database& source, const support::Database& target) {
  std::string folder = fs::temp_directory_path() / "pghaul-archive-XXXXXX";
  folder = mkdtemp(folder.data());
  const std::string archive = "archive:" + folder + "/it";
  testing::AssertionResult result = testing::AssertionSuccess();
  for (const auto& ends : {std::pair(source.uri(), archive), std::pair(archive, target.uri())}) {
    const support::Haul done = support::haul({"copy", "--skip-unreadable", ends.first, ends.second});
    if (done.exit_status == 0) continue;
    result = testing::AssertionFailure() << ends.first << " to " << ends.second << ": " << done.err;
    break;
  }
  fs::remove_all(folder);
  return result;
}

class ArchiveOf : public testing::TestWithParam<const char*> {};

TEST_P(ArchiveOf, RestoresWhatEqualsItsSource) {
  if (is_of_several_owners(GetParam()) && support::needs_superuser()) {
    GTEST_SKIP() << "needs a superuser: objects of several owners";
  }
  prepare(support::shared_source());
  prepare(support::shared_target());
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  fill(source, GetParam());
  ASSERT_TRUE(copied_by_archive(source, target));
  EXPECT_EQ(differences(source, target), "");
}

INSTANTIATE_TEST_SUITE_P(HostileDatabase, ArchiveOf,
                         testing::Values("types", "storage", "wide_row", "objects", "partitions",
                                         "constraints", "sequences", "large_objects", "names", "security",
                                         "extensions", "foreign_data", "reading"),
                         [](const auto& test) { return std::string(test.param); });

TEST(ArchiveOfEncoding, SqlAsciiRestoresWhatEqualsItsSource) {
  const std::string encoding = "encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'";
  const support::Database source(support::shared_source(), encoding);
  const support::Database target(support::shared_target(), encoding);
  fill(source, "sql_ascii");
  ASSERT_TRUE(copied_by_archive(source, target));
  EXPECT_EQ(differences(source, target), "");
}

}  // namespace
}  // namespace pghaul::fidelity
