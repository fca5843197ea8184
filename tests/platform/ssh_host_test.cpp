#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "platform/other_host.h"
#include "platform/other_version.h"

namespace pghaul::platform {
namespace {

namespace fs = std::filesystem;
using support::Environment;
using support::Process;
using support::ProcessResult;
using support::run_command;

constexpr const char* kSshd = "/usr/sbin/sshd";
constexpr const char* kSshdFolder = "/run/sshd";  // sshd does not start without it
constexpr const char* kHere = "10.231.7.1";
constexpr const char* kThere = "10.231.7.2";

/// Two network namespaces with a line between them: pghaulctl and LAVENDER in one, an sshd and WHITE in the
/// other. Files are those of one machine.
class PlatformSsh : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root makes network namespaces";
    if (!fs::exists(kSshd)) GTEST_SKIP() << "openssh-server is not installed";
    here_ = "pghaul-" + std::to_string(::getpid()) + "a";
    there_ = "pghaul-" + std::to_string(::getpid()) + "b";
    for (const std::string& one : {here_, there_}) {
      if (run_command({"sh", "-c", "ip netns add " + one}).exit_status != 0)
        GTEST_SKIP() << "this system has no network namespaces to give";
    }
    if (is_locked()) GTEST_SKIP() << "root's account is locked, for ssh too";
    if (run_command({"ip", "-n", here_, "link", "add", "line", "type", "veth", "peer", "name", "line",
                     "netns", there_})
            .exit_status != 0)
      GTEST_SKIP() << "this system has no lines between network namespaces to give";
    join();
    if (HasFatalFailure()) return;
    machine_ = std::make_unique<Machine>();
    db2_ = std::make_unique<OtherHost>(*machine_, "db2");
    start_sshd();
    if (!HasFatalFailure()) make_lavender(next_version_.empty() ? machine_->version() : next_version_);
  }
  void TearDown() override {
    db2_.reset();
    machine_.reset();
    sshd_.reset();
    if (made_folder_) fs::remove(kSshdFolder);
    for (const std::string& one : {here_, there_}) {
      if (!one.empty()) (void)run_command({"sh", "-c", "ip netns del " + one});
    }
  }

  static void must(const std::vector<std::string>& argv, const Environment& environment = {}) {
    const ProcessResult done = run_command(argv, environment);
    ASSERT_EQ(done.exit_status, 0) << argv[0] << ": " << done.out << done.err;
  }
  /// Without PAM sshd lets nobody in whose entry in /etc/shadow begins so.
  static bool is_locked() { return run_command({"getent", "shadow", "root"}).out.starts_with("root:!"); }
  static std::vector<std::string> in(const std::string& space, const std::vector<std::string>& argv) {
    std::vector<std::string> all{"ip", "netns", "exec", space};
    all.insert(all.end(), argv.begin(), argv.end());
    return all;
  }
  void join() const {
    for (const auto& [space, address] : {std::pair{here_, kHere}, {there_, kThere}}) {
      must({"ip", "-n", space, "address", "add", std::string(address) + "/24", "dev", "line"});
      must({"ip", "-n", space, "link", "set", "line", "up"});
      must({"ip", "-n", space, "link", "set", "lo", "up"});
    }
  }

  /// With keys of its own, and nothing of the machine's configuration.
  void start_sshd() {
    const std::string folder = machine_->folder() + "/ssh";
    fs::create_directory(folder);
    for (const char* key : {"/host", "/client"})
      must({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder + key});
    fs::copy(folder + "/client.pub", folder + "/authorized");
    const std::string bin = fs::path(PGHAULCTL_COMMAND).parent_path();
    machine_->write("ssh/config",
                    "Port 2222\nListenAddress " + std::string(kThere) + "\nHostKey " + folder +
                        "/host\nAuthorizedKeysFile " + folder +
                        "/authorized\nStrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\n"
                        "PasswordAuthentication no\nPidFile none\nSetEnv PATH=" +
                        bin + ":/usr/sbin:/usr/bin:/sbin:/bin PG_CLUSTER_CONF_ROOT=" + db2_->folder() +
                        "/etc PGSYSCONFDIR=" + db2_->folder() + "/common\n");
    made_folder_ = fs::create_directory(kSshdFolder);
    sshd_ = std::make_unique<Process>(in(there_, {kSshd, "-D", "-e", "-f", folder + "/config"}));
    const ProcessResult key = run_command({"cut", "-d ", "-f1,2", folder + "/host.pub"});
    machine_->write("ssh/known", "[" + std::string(kThere) + "]:2222 " + key.out);
    ssh_ = "ssh -F none -i " + folder + "/client -o UserKnownHostsFile=" + folder +
           "/known -o BatchMode=yes -o ConnectTimeout=10 -o LogLevel=ERROR -p 2222 root@" + kThere;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (run_command(in(here_, {"sh", "-c", ssh_ + " true"})).exit_status != 0) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << sshd_->err();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  /// LAVENDER listens within its namespace, so that a cluster made like it does, too.
  void make_lavender(const std::string& next_version) {
    const std::string version = machine_->version();
    machine_->create_cluster("lavender");
    machine_->psql("lavender", "postgres", "CREATE ROLE app LOGIN");
    machine_->psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
    machine_->psql(
        "lavender", "shop",
        "CREATE TABLE orders (id bigint PRIMARY KEY); ALTER TABLE orders OWNER TO app; INSERT INTO "
        "orders SELECT generate_series(1, 1000)");
    machine_->run({"sh", "-c",
                   "printf 'host all,replication all 10.231.7.0/24 trust\n' >> " + machine_->folder() +
                       "/etc/" + version + "/lavender/pg_hba.conf"});
    machine_->run({"pg_conftool", version, "lavender", "set", "listen_addresses", "*"});
    machine_->control("lavender", "stop");
    must(in(here_, {"pg_ctlcluster", version, "lavender", "start"}), machine_->environment());
    port_ = machine_->property("lavender", "port");
    for (const char* file : {"services", "db2/services"})
      machine_->write(file,
                      std::string("[shop]\nhost=") + kHere + "\nport=" + port_ + "\ndbname=shop\nuser=app\n");
    machine_->write("apps/shop.toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" + version +
                        "/lavender at " + kHere + "\", WHITE = \"" + ssh_ + ": " + next_version +
                        "/pghaul-test-ssh\" }\nnames = [\"service:" + machine_->folder() +
                        "/services#shop\", \"service:" + ssh_ + ":" + db2_->folder() + "/services#shop\"]\n");
  }
  [[nodiscard]] ProcessResult pghaulctl(const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv{PGHAULCTL_COMMAND};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run_command(in(here_, argv), machine_->environment());
  }
  [[nodiscard]] std::string query_as_application(const std::string& services, const std::string& sql) const {
    const ProcessResult done = run_command(in(here_, {"psql", "-XAtq", "-d", "service=shop", "-c", sql}),
                                           {{"PGSERVICEFILE", machine_->folder() + "/" + services}});
    return done.out + done.err;
  }
  /// Lists the ports that somebody listens on where sshd is.
  [[nodiscard]] std::string listeners() const {
    return run_command(in(there_, {"sh", "-c", "ss -Hltn | awk '{print $4}' | sed 's/.*://' | sort -u"})).out;
  }

  std::string here_;
  std::string there_;
  std::string ssh_;
  std::string port_;
  std::string next_version_;  // of WHITE; empty: that of LAVENDER
  bool made_folder_ = false;
  std::unique_ptr<Machine> machine_;
  std::unique_ptr<OtherHost> db2_;
  std::unique_ptr<Process> sshd_;
};

TEST_F(PlatformSsh, MovesAnApplicationToAnotherHostWhereNothingElseListens) {
  EXPECT_EQ(listeners(), "2222\n");
  const ProcessResult done = pghaulctl({"changeover", "shop", "WHITE"});
  ASSERT_EQ(done.exit_status, 0) << done.out << done.err;
  EXPECT_TRUE(says(done.out, "WHITE is live; writes were refused for "));
  const std::string white_port = db2_->property("pghaul-test-ssh", "port");
  EXPECT_EQ(listeners(), "2222\n" + white_port + "\n");
  for (const char* services : {"services", "db2/services"}) {
    EXPECT_TRUE(
        says(machine_->read(services), std::string("host=") + kThere + "\nport=" + white_port + "\n"));
    EXPECT_EQ(query_as_application(services, "SELECT count(*), inet_server_addr() FROM orders"),
              std::string("1000|") + kThere + "\n");
  }
  EXPECT_EQ(query_as_application("services", "INSERT INTO orders VALUES (1001) RETURNING id"), "1001\n");
  EXPECT_TRUE(says(pghaulctl({"info", "shop"}).out, "=== WHITE, shop\nStatus:      available\n"));

  must({"ip", "-n", here_, "link", "set", "line", "down"});
  const ProcessResult lost = pghaulctl({"promote", "LAVENDER", "--force"});
  EXPECT_EQ(lost.exit_status, 3);
  EXPECT_TRUE(says(lost.err, "can't be reached")) << lost.err;
  EXPECT_TRUE(says(machine_->read("services"), std::string("host=") + kThere + "\n"));
  EXPECT_TRUE(says(pghaulctl({"info", "shop"}).out, "Status:      down (the host of 'ssh "));
}

/// The same, with another major version on both.
class PlatformSshUpgrade : public PlatformSsh {
 protected:
  void SetUp() override {
    other_ = std::make_unique<OtherVersion>(17);
    if (!other_->missing().empty()) GTEST_SKIP() << other_->missing();
    next_version_ = "17";
    PlatformSsh::SetUp();
  }
  void TearDown() override {
    PlatformSsh::TearDown();
    other_.reset();
  }

  std::unique_ptr<OtherVersion> other_;
};

TEST_F(PlatformSshUpgrade, MovesAnApplicationByAFollowerThatIsUpgradedThere) {
  const ProcessResult done = pghaulctl({"changeover", "shop", "WHITE", "--by", "upgrade", "--to", "17"});
  ASSERT_EQ(done.exit_status, 0) << done.out << done.err;
  EXPECT_TRUE(says(done.out, "WHITE has all of LAVENDER, with PostgreSQL 17"));
  EXPECT_EQ(query_as_application("services",
                                 "SELECT count(*), inet_server_addr(), "
                                 "current_setting('server_version_num')::int / 10000 FROM orders"),
            std::string("1000|") + kThere + "|17\n");
}

}  // namespace
}  // namespace pghaul::platform
