#include <gtest/gtest.h>

#include <memory>

#include "platform/machine.h"
#include "platform/other_version.h"

namespace pghaul::platform {
namespace {

using support::ProcessResult;

constexpr int kOther = 17;

/// A follower is upgraded while the application writes, goes on with the changes, and takes over.
TEST(PlatformLiveUpgrade, GoesToAnotherMajorAndBackWhileTheApplicationWrites) {
  const OtherVersion other(kOther);
  if (!other.missing().empty()) GTEST_SKIP() << other.missing();
  const Machine machine;
  const std::string next = std::to_string(kOther);
  machine.create_cluster("lavender");
  machine.psql("lavender", "postgres", "CREATE ROLE app LOGIN");
  machine.psql("lavender", "postgres", "ALTER SYSTEM SET wal_level = logical");
  machine.psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
  machine.control("lavender", "restart");
  machine.psql(
      "lavender", "shop",
      "CREATE TABLE orders (id bigint PRIMARY KEY); ALTER TABLE orders OWNER TO app; INSERT INTO orders "
      "SELECT -i FROM generate_series(1, 1000) AS i; CREATE UNLOGGED TABLE carts (id int); INSERT INTO "
      "carts VALUES (1)");
  machine.write("services", "[shop]\nhost=" + machine.folder() + "\nport=" +
                                machine.property("lavender", "port") + "\ndbname=shop\nuser=app\n");
  machine.write("apps/shop.toml", "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" +
                                      machine.version() + "/lavender\", WHITE = \"" + next +
                                      "/white\" }\nnames = [\"service:" + machine.folder() +
                                      "/services#shop\"]\n");
  const auto writer = machine.start_writer();
  const ProcessResult there =
      machine.pghaulctl({"changeover", "shop", "WHITE", "--by", "live", "--to", next, "--prove"});
  ASSERT_EQ(there.exit_status, 0) << there.out << there.err;
  EXPECT_TRUE(says(there.out, "WHITE has left LAVENDER at one moment, with PostgreSQL " + next));
  EXPECT_TRUE(says(there.out, ", every row compared\n"));
  EXPECT_EQ(machine.psql("white", "shop", "SELECT current_setting('server_version_num')::int / 10000"), next);
  EXPECT_EQ(machine.psql("white", "shop", "SELECT count(*) FROM carts"), "1");

  const ProcessResult back = machine.pghaulctl({"changeover", "shop", "back"});
  ASSERT_EQ(back.exit_status, 0) << back.out << back.err;
  machine.write("stop", "");
  const std::string written = writer->wait().out;
  EXPECT_EQ(machine.psql("lavender", "shop",
                         "SELECT string_agg(id || E'\\n', '' ORDER BY id) FROM orders WHERE id > 0"),
            written.substr(0, written.size() - 1));
  const ProcessResult done = machine.pghaulctl({"changeover", "shop", "finish"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  for (const char* cluster : {"lavender", "white"}) {
    EXPECT_EQ(
        machine.psql(cluster, "shop",
                     "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname ~ '^pghaul'), (SELECT count(*)"
                     " FROM pg_replication_slots), (SELECT count(*) FROM pg_publication)"),
        "0|0|0")
        << cluster;
  }
}

}  // namespace
}  // namespace pghaul::platform
