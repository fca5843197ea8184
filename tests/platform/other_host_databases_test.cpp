#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <memory>

#include "pghaulctl/cluster.h"
#include "pghaulctl/server.h"
#include "platform/other_host.h"
#include "platform/private_folder.h"

namespace pghaul::platform {
namespace {

using support::ProcessResult;

TEST(PlatformPlace, HasAHostAndAnAddress) {
  EXPECT_EQ(read_place("15/main")->cluster, "15/main");
  EXPECT_EQ(read_place("15/main")->host, "");
  EXPECT_EQ(read_place("ssh -p 22 db2: 18/main")->host, "ssh -p 22 db2");
  EXPECT_EQ(read_place("docker exec -i db: 18/main at 172.17.0.2")->at, "172.17.0.2");
  EXPECT_EQ(read_place("15/main at db1")->at, "db1");
  EXPECT_FALSE(read_place("host=db1 port=5432"));
}

TEST(PlatformPlace, NamesTheHostThatSshLeadsTo) {
  EXPECT_EQ(address_of_command("ssh db2"), "db2");
  EXPECT_EQ(address_of_command("ssh -p 22 -oBatchMode=yes postgres@db2.internal sudo"), "db2.internal");
  EXPECT_EQ(address_of_command("ssh ssh://db2"), "");
  EXPECT_EQ(address_of_command("docker exec -i db"), "");
}

uid_t owner_of(const std::string& path) {
  struct stat found = {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_uid;
}

/// LAVENDER is of this machine and live, WHITE is to be on another one, db2; in the cases' order.
class PlatformOtherHost : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    machine_ = std::make_unique<Machine>();
    db2_ = std::make_unique<OtherHost>(*machine_, "db2");
    machine_->create_shop("lavender");
    port_ = machine_->property("lavender", "port");
    const std::string version = machine_->version();
    machine_->write("apps/shop.toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" + version +
                        "/lavender\", WHITE = \"" + db2_->command() + ": " + version +
                        "/pghaul-test-white at " + db2_->folder() +
                        "\" }\nnames = [\"service:" + machine_->folder() + "/services#shop\"]\n");
  }
  static void TearDownTestSuite() {
    db2_.reset();
    machine_.reset();
  }
  static std::string white(const std::string& sql) { return db2_->psql("pghaul-test-white", "shop", sql); }
  static ProcessResult succeed(const std::vector<std::string>& arguments) {
    ProcessResult done = machine_->pghaulctl(arguments);
    EXPECT_EQ(done.exit_status, 0) << done.out << done.err;
    return done;
  }
  static void refuse(const std::vector<std::string>& arguments, const std::string& reason) {
    fail(arguments, PGHAUL_EXIT_REFUSED, reason);
  }
  static void fail(const std::vector<std::string>& arguments, int status, const std::string& reason) {
    const ProcessResult done = machine_->pghaulctl(arguments);
    EXPECT_EQ(done.exit_status, status) << done.out << done.err;
    EXPECT_TRUE(says(done.err, reason));
  }

  /// WHITE is live and takes writes, but pghaulctl can't ask its host; then a name has that by an alias, too.
  static void refuse_all_while_down() {
    const std::string services = machine_->read("services");
    db2_->take_down();
    fail({"promote", "LAVENDER"}, PGHAUL_EXIT_UNREACHABLE,
         "WHITE may still take writes of shop, and LAVENDER would not have them");
    fail({"maintenance", "on", "shop"}, PGHAUL_EXIT_UNREACHABLE, "db2: No route to host");
    EXPECT_TRUE(says(succeed({"info", "shop"}).out, "=== WHITE, shop\nStatus:      down (the host of '"));
    machine_->write("services", "[shop]\nhost=alias\nport=" + port_ + "1\ndbname=shop\nuser=app\n");
    fail({"promote", "LAVENDER", "--force"}, PGHAUL_EXIT_UNREACHABLE,
         "no name says which database is live, and WHITE may be: the host of '");
    db2_->bring_back();
    machine_->write("services", services);
  }

  static inline std::unique_ptr<Machine> machine_;
  static inline std::unique_ptr<OtherHost> db2_;
  static inline std::string port_;
};

TEST_F(PlatformOtherHost, IsSaidToBeDownWhenItCantBeReached) {
  db2_->take_down();
  EXPECT_TRUE(says(succeed({"info", "shop"}).out, "=== WHITE\nStatus:      down (the host of '"));
  refuse({"changeover", "shop", "WHITE"}, "db2: No route to host");
  db2_->bring_back();
  EXPECT_TRUE(says(succeed({"info", "shop"}).out, "=== WHITE\nStatus:      missing"));
  EXPECT_TRUE(says(succeed({"changeover", "shop", "WHITE", "--by", "upgrade", "--plan"}).out,
                   "can't: a follower on another host connects to LAVENDER, and nothing says how it is "
                   "reached from there"));
  refuse({"follow", "WHITE", "--of", "shop"}, "nothing says how it is reached from there");
}

TEST_F(PlatformOtherHost, SaysThatItHasToBeToldAnAddress) {
  machine_->write("apps/mute.toml",
                  "database = \"shop\"\ndatabases = { MUTE = \"docker exec -i x: 15/main\" }\n");
  refuse({"info", "mute"}, "the place of MUTE does not say how applications reach it");
}

/// A follower connects to its leader directly, here by a socket that both hosts have.
TEST_F(PlatformOtherHost, FollowsFromThere) {
  const std::string version = machine_->version();
  machine_->write("apps/red.toml", "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { RED = \"" +
                                       version + "/lavender at " + machine_->folder() + "\", PINK = \"" +
                                       db2_->command() + ": " + version + "/pghaul-test-pink at " +
                                       db2_->folder() + "\" }\n");
  const ProcessResult made = pghaulctl_in_private(*machine_, {"follow", "PINK", "--of", "red"});
  ASSERT_EQ(made.exit_status, 0) << made.out << made.err;
  EXPECT_EQ(succeed({"wait", "PINK"}).out, "");
  EXPECT_TRUE(says(succeed({"info", "red"}).out, "Following:   RED\n"));
  (void)db2_->psql("pghaul-test-pink", "postgres", "ALTER SYSTEM SET hot_standby = off");
  db2_->control("pghaul-test-pink", "restart");
  EXPECT_TRUE(says(succeed({"info", "red"}).out, "=== PINK\nStatus:      starting up"));
  machine_->run(
      {"truncate", "--size=0", db2_->property("pghaul-test-pink", "pgdata") + "/postgresql.auto.conf"});
  db2_->control("pghaul-test-pink", "restart");
  machine_->psql("lavender", "shop", "INSERT INTO orders VALUES (-2000)");
  succeed({"maintenance", "on", "red"});
  succeed({"promote", "PINK"});
  EXPECT_EQ(db2_->psql("pghaul-test-pink", "shop", "SELECT count(*) FROM orders WHERE id = -2000"), "1");
  EXPECT_EQ(machine_->psql("lavender", "postgres", "SELECT count(*) FROM pg_replication_slots"), "0");
  std::filesystem::rename(machine_->folder() + "/apps/red.toml", machine_->folder() + "/red.toml");
  succeed({"maintenance", "off", "shop"});
  machine_->psql("lavender", "shop", "DELETE FROM orders WHERE id = -2000");
}

TEST_F(PlatformOtherHost, IsNotWaitedForWithoutEnd) {
  auto server = Server::open(machine_->connection("lavender", "postgres", "postgres"), "LAVENDER",
                             owner_of(machine_->property("lavender", "pgdata")), db2_->command());
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ(server->query("SELECT 1; SELECT 2")->front()[0], "2");
  EXPECT_EQ(server->query("SELECT 1/0").error().message, "LAVENDER: division by zero");
  server->give_up_after(std::chrono::milliseconds(100));
  for (const char* statement : {"SELECT pg_sleep(60)", "SELECT 1"}) {
    const auto answer = server->query(statement);
    ASSERT_FALSE(answer) << statement;
    EXPECT_EQ(answer.error().status, PGHAUL_EXIT_UNREACHABLE);
    EXPECT_TRUE(says(answer.error().message, "LAVENDER has not answered within 0.10 s"));
  }
}

TEST_F(PlatformOtherHost, IsCopiedToWhileTheApplicationWritesAndLeft) {
  const auto writer = machine_->start_writer();
  const ProcessResult there = succeed({"changeover", "shop", "WHITE", "--by", "live"});
  EXPECT_TRUE(says(there.out, ", every row compared\n"));
  EXPECT_TRUE(says(machine_->read("services"), "host=" + db2_->folder() + "\n"));
  EXPECT_TRUE(says(succeed({"info", "shop"}).out, "=== WHITE, shop\n"));
  const ProcessResult back = succeed({"changeover", "shop", "back"});
  EXPECT_TRUE(says(back.out, "\nPromoting LAVENDER to DATABASE_URL on shop... done\n"));
  machine_->write("stop", "");
  const std::string written = writer->wait().out;
  EXPECT_EQ(machine_->psql("lavender", "shop",
                           "SELECT string_agg(id || E'\\n', '' ORDER BY id) FROM orders WHERE id > 0"),
            written.substr(0, written.size() - 1));
  EXPECT_EQ(succeed({"changeover", "shop", "finish"}).out, "Finishing the changeover of shop... done\n");
  EXPECT_EQ(succeed({"destroy", "WHITE", "--confirm", "shop"}).out, "Destroying WHITE on shop... done\n");
}

TEST_F(PlatformOtherHost, IsCopiedToAndPromoted) {
  const ProcessResult done = succeed({"changeover", "shop", "WHITE", "--by", "copy"});
  EXPECT_TRUE(says(done.out, "WHITE is live; writes were refused for "));
  EXPECT_EQ(white("SELECT count(*) FROM orders WHERE id < 0"), "1000");
  EXPECT_EQ(white("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app'"), "t");
  EXPECT_TRUE(says(machine_->read("services"), "host=" + db2_->folder() + "\nport=" +
                                                   db2_->property("pghaul-test-white", "port") + "\n"));
  EXPECT_EQ(succeed({"wait", "WHITE"}).out, "");
  refuse({"promote", "LAVENDER"}, "WHITE still takes writes of shop, and LAVENDER would not have them");
  refuse_all_while_down();
  succeed({"maintenance", "on", "shop"});
  EXPECT_EQ(white("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app'"), "f");
  succeed({"promote", "LAVENDER"});
  EXPECT_TRUE(says(machine_->read("services"), "\nport=" + port_ + "\n"));
  succeed({"maintenance", "off", "shop"});
  EXPECT_TRUE(says(succeed({"info", "shop"}).out, "=== LAVENDER, shop\n"));
}

}  // namespace
}  // namespace pghaul::platform
