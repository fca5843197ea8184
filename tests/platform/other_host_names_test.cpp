#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "pghaulctl/address.h"
#include "pghaulctl/host.h"
#include "pghaulctl/reach.h"
#include "platform/other_host.h"
#include "platform/pgbouncer.h"

namespace pghaul::platform {
namespace {

using support::ProcessResult;

/// LAVENDER and WHITE are of this machine; what points at them is on another one, pool1.
class PlatformOtherHostNames : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    machine_ = std::make_unique<Machine>();
    pool1_ = std::make_unique<OtherHost>(*machine_, "pool1");
    machine_->create_cluster("lavender");
    machine_->psql("lavender", "postgres", "CREATE ROLE app LOGIN");
    machine_->psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
    machine_->psql("lavender", "shop", "CREATE TABLE orders (id int); ALTER TABLE orders OWNER TO app");
    machine_->create_follower("white", "lavender");
    port_ = machine_->property("lavender", "port");
    white_port_ = machine_->property("white", "port");
    machine_->write("services", "[shop]\nhost=" + machine_->folder() + "\nport=" + port_ + "\ndbname=shop\n");
    machine_->write("shop.env",
                    "DATABASE_URL=postgres://app@" + percent(machine_->folder()) + ":" + port_ + "/shop\n");
    machine_->write("hook", "#!/bin/sh\necho \"$1 $PG_CLUSTER_CONF_ROOT\" >> " + machine_->folder() +
                                "/hooked\n" + "[ $1 != before ] || [ -e " + machine_->folder() +
                                "/calm ] || touch " + machine_->folder() + "/paused\n");
    ::chmod((machine_->folder() + "/hook").c_str(), 0755);
    pooler_ = std::make_unique<PgBouncer>(*machine_);
    write_app(" at " + machine_->folder());
  }
  static void TearDownTestSuite() {
    pooler_.reset();
    pool1_.reset();
    machine_.reset();
  }

  static std::string percent(const std::string& text) {
    std::string all;
    for (const char c : text) all += c == '/' ? "%2F" : std::string(1, c);
    return all;
  }
  static std::string on_pool1(const std::string& kind, const std::string& rest) {
    return "\"" + kind + ":" + pool1_->command() + ":" + machine_->folder() + "/" + rest + "\"";
  }
  static void write_app(const std::string& at) {
    const std::string version = machine_->version();
    const std::string console = pooler_->entry("shop").substr(pooler_->entry("shop").find("pghaul.ini#"));
    machine_->write("apps/shop.toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" + version +
                        "/lavender" + at + "\", WHITE = \"" + version + "/white" + at + "\" }\nnames = [" +
                        on_pool1("service", "services#shop") + ", " +
                        on_pool1("env", "shop.env#DATABASE_URL") + ", " + on_pool1("pgbouncer", console) +
                        ", " + on_pool1("hook", "hook") + "]\n");
  }
  static std::string pooled_cluster() {
    const ProcessResult done = pooler_->query("shop", "app", "SHOW cluster_name");
    return done.exit_status == 0 ? done.out : done.err;
  }

  static inline std::unique_ptr<Machine> machine_;
  static inline std::unique_ptr<OtherHost> pool1_;
  static inline std::unique_ptr<PgBouncer> pooler_;
  static inline std::string port_;
  static inline std::string white_port_;
};

TEST(PlatformHost, SplitsTheCommandFromThePath) {
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(split_host("/etc/x"), (Pair{"", "/etc/x"}));
  EXPECT_EQ(split_host("ssh pool1:/etc/x"), (Pair{"ssh pool1", "/etc/x"}));
  EXPECT_EQ(split_host("ssh ssh://app@pool1:22:/etc/x"), (Pair{"ssh ssh://app@pool1:22", "/etc/x"}));
}

TEST(PlatformHost, SaysWhatTheCommandWroteInstead) {
  const auto noisy = Host::reached_by("echo Welcome;").run({"true"});
  ASSERT_FALSE(noisy);
  EXPECT_TRUE(says(noisy.error().message, "it wrote what pghaulctl would not: 'Welcome'"));
  const auto none = Host::reached_by("echo 'no such host' >&2; false").run({"true"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().status, PGHAUL_EXIT_UNREACHABLE);
  EXPECT_TRUE(says(none.error().message, "it has ended; no such host")) << none.error().message;
}

TEST(PlatformHost, HasToRunTheSameVersion) {
  const auto older = Host::reached_by("printf '2\\n20\\npghaulctl serve-host5\\n0.0.1';").run({"true"});
  ASSERT_FALSE(older);
  EXPECT_TRUE(says(older.error().message, "leads to another version of pghaulctl: 0.0.1, this is "));
}

/// The second request is answered at once, by what the first one has met.
TEST(PlatformHost, IsNotTriedAnewAtOnce) {
  const std::filesystem::path tries =
      std::filesystem::temp_directory_path() / ("pghaul-tries-" + std::to_string(::getpid()));
  Host& host = Host::reached_by("echo x >> " + tries.string() + "; false");
  EXPECT_FALSE(host.run({"true"}));
  EXPECT_FALSE(host.run({"true"}));
  EXPECT_EQ(std::filesystem::file_size(tries), 2);
  std::filesystem::remove(tries);
}

TEST(PlatformReach, RefusesWhatACarriedConnectionCantHave) {
  EXPECT_TRUE(says(reach("false", "hostaddr=10.0.0.1", "").problem, "hostaddr is of no use"));
  EXPECT_TRUE(says(reach("false", "host=db sslmode=verify-full", "").problem, "has no TLS from there"));
  EXPECT_TRUE(says(reach("false", "host=/run sslmode=require", "").problem, "it ended with status 1"));
}

TEST(PlatformAddress, LocalhostIsAnotherPlaceOnAnotherHost) {
  const Address here{
      .host = "/run", .port = "5432", .database = "shop", .is_local = true, .socket_folder = "/run"};
  Address far{.host = "db2", .port = "5432", .database = "shop", .on = "ssh db2", .socket_folder = "/run"};
  Address here_with_others = here;
  here_with_others.other_hosts = {"db2"};
  const auto written = [](const char* host, const char* on) {
    return Address{.host = host, .port = "5432", .database = "shop", .on = on};
  };
  EXPECT_TRUE(means(written("localhost", ""), here));
  EXPECT_TRUE(means(written("db1", ""), here));
  EXPECT_TRUE(means(written("db1", "ssh pool1"), here));
  EXPECT_FALSE(means(written("localhost", "ssh pool1"), here));
  EXPECT_FALSE(means(written("/run", "ssh pool1"), here));
  EXPECT_FALSE(means(written("db2", ""), here_with_others));
  EXPECT_TRUE(means(written("db2", ""), far));
  EXPECT_TRUE(means(written("localhost", "ssh db2"), far));
  EXPECT_FALSE(means(written("localhost", ""), far));
  EXPECT_EQ(moved(written("db1", "ssh pool1"), here, far).host, "db2");
  EXPECT_EQ(moved(written("/run", "ssh db2"), here, far).host, "/run");
}

TEST_F(PlatformOtherHostNames, AttachesAPooler) {
  const ProcessResult attached = machine_->pghaulctl({"pool", "attach", "shop", "pghaul"});
  EXPECT_EQ(attached.out, "Attaching pooler pghaul shop... done\n") << attached.err;
  EXPECT_EQ(pooled_cluster(), machine_->version() + "/lavender\n");
}

TEST_F(PlatformOtherHostNames, ThatCantBeReachedAreRefusedBeforeThePause) {
  pool1_->take_down();
  const ProcessResult done = machine_->pghaulctl({"promote", "WHITE", "--force"});
  const ProcessResult kept = machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"});
  pool1_->bring_back();
  EXPECT_EQ(kept.exit_status, PGHAUL_EXIT_UNREACHABLE);
  EXPECT_TRUE(says(kept.err, "a name of shop may point at WHITE: the host of '")) << kept.err;
  EXPECT_EQ(done.exit_status, PGHAUL_EXIT_UNREACHABLE);
  EXPECT_TRUE(says(done.err, "can't be reached: it has ended; pool1: No route to host")) << done.err;
  EXPECT_EQ(machine_->psql("white", "shop", "SELECT pg_is_in_recovery()"), "t");
}

TEST_F(PlatformOtherHostNames, WouldNotPointAtASocketOfThisMachine) {
  machine_->write("apps/mixed.toml", "database = \"shop\"\ndatabases = { HERE = \"" + machine_->version() +
                                         "/lavender\", THERE = \"host=db2\" }\nnames = [" +
                                         on_pool1("service", "services#shop") + "]\n");
  const ProcessResult done = machine_->pghaulctl({"promote", "HERE", "--force"});
  std::filesystem::remove(machine_->folder() + "/apps/mixed.toml");
  EXPECT_EQ(done.exit_status, 3);
  EXPECT_TRUE(says(done.err, "nothing says how HERE is reached from there")) << done.err;
  EXPECT_TRUE(says(done.err, "HERE = \"" + machine_->version() + "/lavender at HOST\"")) << done.err;
}

/// pool1 is lost within the pause, once the hook has been called there. The last one: WHITE is no follower
/// any more.
TEST_F(PlatformOtherHostNames, MovesAllOfThemAndTellsWhichAreLeft) {
  ASSERT_EQ(machine_->pghaulctl({"pool", "attach", "shop", "pghaul"}).exit_status, 0);
  ASSERT_EQ(machine_->pghaulctl({"maintenance", "on", "shop"}).exit_status, 0);
  machine_->write("hook", "#!/bin/sh\necho $1 >> " + machine_->folder() + "/hooked\nkill $PPID\n");
  const ProcessResult lost = machine_->pghaulctl({"promote", "WHITE"});
  EXPECT_EQ(lost.exit_status, 3) << lost.out;
  EXPECT_TRUE(says(lost.err, "LAVENDER is live, no name has been moved")) << lost.err;
  machine_->write("hook",
                  "#!/bin/sh\necho $1 >> " + machine_->folder() + "/hooked\n[ $1 != point ] || kill $PPID\n");
  const ProcessResult told = machine_->pghaulctl({"promote", "WHITE"});
  EXPECT_EQ(told.exit_status, 5) << told.out;
  EXPECT_TRUE(says(told.err, "WHITE is live; not every name points at it yet")) << told.err;
  EXPECT_TRUE(says(told.err, "hint: once that is cured: pghaulctl promote WHITE"));
  machine_->write("hook", "#!/bin/sh\necho \"$@\" > " + machine_->folder() + "/hooked\n");
  const ProcessResult done = machine_->pghaulctl({"promote", "WHITE"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  ASSERT_EQ(machine_->pghaulctl({"maintenance", "off", "shop"}).exit_status, 0);
  EXPECT_EQ(machine_->read("services"),
            "[shop]\nhost=" + machine_->folder() + "\nport=" + white_port_ + "\ndbname=shop\n");
  EXPECT_TRUE(says(machine_->read("shop.env"), ":" + white_port_ + "/shop"));
  EXPECT_EQ(pooled_cluster(), machine_->version() + "/white\n");
  EXPECT_TRUE(says(machine_->read("hooked"), "after "));
  EXPECT_TRUE(says(machine_->pghaulctl({"info", "shop"}).out, "=== WHITE, shop\n"));
  EXPECT_FALSE(says(pool1_->calls(), "services"));  // nothing to be quoted for a shell goes by an argument
}

}  // namespace
}  // namespace pghaul::platform
