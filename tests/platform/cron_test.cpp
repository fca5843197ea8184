#include <gtest/gtest.h>

#include "platform/machine.h"

namespace pghaul::platform {
namespace {

using support::ProcessResult;

/// Its jobs are kept in another database of the server than the application's.
TEST(PlatformCron, RefusesToRunItsJobsOnTwoServers) {
  const Machine machine;
  machine.create_cluster("lavender");
  if (machine.psql("lavender", "postgres",
                   "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron'") == "0")
    GTEST_SKIP() << "pg_cron is not installed (postgresql-" << machine.version() << "-cron)";
  machine.psql("lavender", "postgres", "ALTER SYSTEM SET shared_preload_libraries = 'pg_cron'");
  machine.psql("lavender", "postgres", "ALTER SYSTEM SET wal_level = 'logical'");
  machine.psql("lavender", "postgres", "CREATE ROLE app LOGIN");
  machine.psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
  machine.control("lavender", "restart");
  machine.psql("lavender", "postgres",
               "CREATE EXTENSION pg_cron; SELECT cron.schedule_in_database('bill', '0 0 1 1 *', 'SELECT 1', "
               "'shop')");
  machine.write("services", "[shop]\nhost=" + machine.folder() + "\nport=" +
                                machine.property("lavender", "port") + "\ndbname=shop\nuser=app\n");
  machine.write("apps/shop.toml", "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" +
                                      machine.version() + "/lavender\", WHITE = \"" + machine.version() +
                                      "/white\" }\nnames = [\"service:" + machine.folder() +
                                      "/services#shop\"]\n");
  const ProcessResult live = machine.pghaulctl({"changeover", "shop", "WHITE", "--by", "live"});
  EXPECT_EQ(live.exit_status, 3) << live.out << live.err;
  EXPECT_TRUE(says(
      live.err, "pg_cron would run its jobs on WHITE, too, from when that has left LAVENDER: 1 (postgres)"));
  EXPECT_TRUE(says(machine.pghaulctl({"info", "shop"}).out, "=== WHITE\nStatus:      missing"));

  EXPECT_TRUE(says(machine.pghaulctl({"maintenance", "on", "shop"}).err,
                   "pg_cron goes on with its jobs: 1 (postgres)"));
  EXPECT_EQ(machine.pghaulctl({"maintenance", "off", "shop"}).exit_status, 0);
  machine.psql("lavender", "postgres", "UPDATE cron.job SET active = false");
  const ProcessResult plan = machine.pghaulctl({"changeover", "shop", "WHITE", "--by", "live", "--plan"});
  EXPECT_TRUE(says(plan.out, " 2 convert      WHITE has left LAVENDER at one moment              to do"))
      << plan.out;
}

}  // namespace
}  // namespace pghaul::platform
