#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "fidelity/copy.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul::fidelity {
namespace {

/// The words after "test:" in the schedule, in order.
std::vector<std::string> scheduled(const std::string& folder) {
  std::vector<std::string> tests;
  std::ifstream schedule(folder + "/parallel_schedule");
  for (std::string line; std::getline(schedule, line);) {
    if (!line.starts_with("test:")) continue;
    std::istringstream words(line.substr(5));
    for (std::string test; words >> test;) tests.push_back(test);
  }
  return tests;
}

/// Runs PostgreSQL's regression tests for what they leave behind; whether they pass is not our business.
void run_regression_tests(const std::string& folder, const support::Database& database,
                          const std::string& scratch) {
  for (const std::string& test : scheduled(folder)) {
    (void)support::run_command(
        {"psql", "-X", "-q", "-v", "HIDE_TABLEAM=on", "-v", "HIDE_TOAST_COMPRESSION=on", "-f",
         folder + "/sql/" + test + ".sql", "-d", database.uri()},
        {{"PG_ABS_SRCDIR", folder},
         {"PG_ABS_BUILDDIR", scratch},
         {"PG_LIBDIR", folder},
         {"PG_DLSUFFIX", ".so"},
         {"PGTZ", "PST8PDT"},
         {"PGDATESTYLE", "Postgres, MDY"}});
  }
}

/// A copy's materialized views are as new as its tables; those of the tests are not all.
void refresh_views(const support::Database& database) {
  database.psql(
      "select format('refresh materialized view %s', oid::regclass) from pg_class"
      " where relkind = 'm' and relispopulated order by oid \\gexec");
}

void copy_roles(const support::Cluster& source, const support::Cluster& target) {
  const support::ProcessResult roles =
      support::run_command({"pg_dumpall", "--roles-only", "-d", source.uri("postgres")});
  ASSERT_EQ(roles.exit_status, 0) << roles.err;
  (void)support::run_command({"psql", "-X", "-q", "-d", target.uri("postgres")}, {}, roles.out);
}

TEST(RegressionDatabase, ComesThroughWhole) {
  support::ProcessResult shown =
      support::run_command({PGHAUL_ROOT "/tests/support/fetch-regression", "--show", "15"});
  if (shown.exit_status != 0) GTEST_SKIP() << shown.out;
  while (shown.out.ends_with('\n')) shown.out.pop_back();

  const support::Cluster source_server({.bin_dir = "/usr/lib/postgresql/15/bin"});
  const support::Cluster target_server({.bin_dir = "/usr/lib/postgresql/15/bin"});
  const std::string locale = "lc_collate 'C' lc_ctype 'C'";
  const support::Database source(source_server, locale);
  const support::Database target(target_server, locale);
  const std::string scratch = source_server.folder() + "/scratch";
  std::filesystem::create_directories(scratch + "/results");
  std::filesystem::permissions(scratch + "/results", std::filesystem::perms::all);
  run_regression_tests(shown.out, source, scratch);
  refresh_views(source);
  ASSERT_GT(std::stoi(source.psql("select count(*) from pg_class where oid >= 16384")), 1000);
  copy_roles(source_server, target_server);

  ASSERT_TRUE(copied(source, target, {"--skip-unreadable"}));  // it has foreign tables
  EXPECT_EQ(differences(source, target), "");
}

}  // namespace
}  // namespace pghaul::fidelity
