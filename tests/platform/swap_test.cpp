#include <gtest/gtest.h>

#include <memory>

#include "platform/machine.h"
#include "platform/other_version.h"

namespace pghaul::platform {
namespace {

/// Makes the first of these versions look installed that is there.
std::unique_ptr<OtherVersion> first_of(std::initializer_list<int> majors, int& major) {
  std::unique_ptr<OtherVersion> other;
  for (const int one : majors) {
    major = one;
    other = std::make_unique<OtherVersion>(one);
    if (other->missing().empty()) break;
  }
  return other;
}

/// pg_upgrade --swap gives the next cluster the folder of the database; --link would fill another by links.
TEST(PlatformSwap, GivesTheNextClusterTheFoldersOfTheOldOne) {
  int major = 0;
  const auto other = first_of({18, 19}, major);
  if (!other->missing().empty()) GTEST_SKIP() << other->missing();
  const std::string next = std::to_string(major);
  const Machine machine;
  const std::string white = machine.folder() + "/data/" + machine.version() + "/white/base/";
  machine.create_cluster("lavender");
  machine.psql("lavender", "postgres", "CREATE ROLE app LOGIN");
  machine.psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
  machine.psql("lavender", "shop",
               "CREATE TABLE orders (id bigint PRIMARY KEY); ALTER TABLE orders OWNER TO app; INSERT INTO "
               "orders SELECT generate_series(1, 1000); ANALYZE orders");
  machine.write("apps/shop.toml", "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" +
                                      machine.version() + "/lavender\", WHITE = \"" + next + "/white\" }\n");
  ASSERT_EQ(machine.pghaulctl({"follow", "WHITE", "--of", "shop"}).exit_status, 0);
  const std::string folder =
      machine.psql("white", "shop", "SELECT oid FROM pg_database WHERE datname = 'shop'");
  const std::string before = machine.run({"stat", "--format=%i", white + folder});

  const auto done = machine.pghaulctl({"upgrade", "run", "WHITE", "--force"});
  ASSERT_EQ(done.exit_status, 0) << done.out << done.err;
  EXPECT_EQ(machine.run({"stat", "--format=%i", machine.property("white", "pgdata") + "/base/" + folder}),
            before);
  EXPECT_EQ(machine.psql("white", "shop",
                         "SELECT count(*), current_setting('server_version_num')::int / 10000, (SELECT "
                         "reltuples FROM pg_class WHERE relname = 'orders') FROM orders"),
            "1000|" + next + "|1000");
}

}  // namespace
}  // namespace pghaul::platform
