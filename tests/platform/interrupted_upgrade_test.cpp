#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sstream>

#include "platform/machine.h"
#include "platform/other_version.h"
#include "support/repetitions.h"

namespace pghaul::platform {
namespace {

namespace fs = std::filesystem;
using support::ProcessResult;

constexpr int kOther = 17;
constexpr const char* kIsLong = "it takes minutes: set PGHAUL_TEST_KILLS to how often one is to be killed";

int kills() {
  return support::repetitions("PGHAUL_TEST_KILLS", 0);
}

/// What a process was started with.
std::string command_line_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/cmdline");
  std::ostringstream read;
  read << file.rdbuf();  // nothing, of one that has ended meanwhile
  std::string text = read.str();
  std::ranges::replace(text, '\0', ' ');
  return text;
}

/// The programs that a process has started, and those that these have started, by their command lines.
std::map<pid_t, std::string> list_descendants(pid_t of) {
  std::map<pid_t, pid_t> parents;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "stat");
    std::string stat;
    std::getline(file, stat);
    const std::size_t end = stat.rfind(") ");
    if (end != std::string::npos) parents[std::stoi(pid)] = std::stoi(stat.substr(end + 4));
  }
  std::map<pid_t, std::string> found{{of, ""}};
  for (std::size_t before = 0; before != found.size();) {
    before = found.size();
    for (const auto& [pid, parent] : parents) {
      if (found.contains(parent) && !found.contains(pid))
        found.emplace(pid, command_line_of(std::to_string(pid)));
    }
  }
  found.erase(of);
  return found;
}

bool is_server(const std::string& command_line) {
  return command_line.find("/postgres ") != std::string::npos;
}

/// A moment at which pghaulctl is killed.
struct Moment {
  std::string program;  // once it runs; empty: after a time
  std::chrono::milliseconds time{0};
  bool with_programs = false;  // and what it has started, but for servers
};

/// LAVENDER is live, and a client writes all the time; WHITE is to be of another major version.
class PlatformInterrupted : public testing::Test {
 protected:
  void SetUp() override {
    other_ = std::make_unique<OtherVersion>(kOther);
    if (!other_->missing().empty()) GTEST_SKIP() << other_->missing();
    machine_ = std::make_unique<Machine>();
    machine_->create_shop("lavender");
    machine_->write("apps/shop.toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" +
                        machine_->version() + "/lavender\", WHITE = \"" + std::to_string(kOther) +
                        "/white\" }\nnames = [\"service:" + machine_->folder() + "/services#shop\"]\n");
    writer_ = machine_->start_writer();
  }
  void TearDown() override {
    writer_.reset();
    machine_.reset();
    other_.reset();
  }

  /// Begins a changeover, and kills it; false: it has ended before.
  [[nodiscard]] bool kill_at(const std::string& way, const Moment& moment) const {
    support::Process changeover({PGHAULCTL_COMMAND, "changeover", "shop", "WHITE", "--by", way},
                                machine_->environment());
    const auto began = std::chrono::steady_clock::now();
    for (;;) {
      const auto programs = list_descendants(changeover.pid());
      const bool is_now = moment.program.empty() ? std::chrono::steady_clock::now() - began > moment.time
                                                 : std::ranges::any_of(programs, [&](const auto& one) {
                                                     return says(one.second, moment.program);
                                                   });
      if (is_now) {
        changeover.send(SIGKILL);
        for (const auto& [pid, program] : programs)
          if (moment.with_programs && !is_server(program)) ::kill(pid, SIGKILL);
        (void)changeover.wait();
        return true;
      }
      if (!changeover.ends_within(std::chrono::milliseconds(1))) continue;
      const ProcessResult ended = changeover.wait();
      EXPECT_EQ(ended.exit_status, 0) << ended.out << ended.err;
      return false;
    }
  }

  /// Runs it to its end: once, as it waits for what killed runs have left.
  void complete(const std::string& way) const {
    const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", way});
    ASSERT_EQ(done.exit_status, 0) << done.out << done.err;
  }

  /// Nothing of an interruption is left: each acknowledged row is there once, and one cluster, with
  /// statistics.
  void expect_whole() const {
    machine_->write("stop", "");
    const std::string written = writer_->wait().out;
    ASSERT_FALSE(written.empty());
    EXPECT_EQ(machine_->psql("white", "shop",
                             "SELECT string_agg(id || E'\\n', '' ORDER BY id) FROM orders WHERE id > 0"),
              written.substr(0, written.size() - 1));
    EXPECT_EQ(machine_->psql("white", "shop", "SELECT current_setting('server_version_num')::int / 10000"),
              std::to_string(kOther));
    EXPECT_FALSE(fs::exists(machine_->folder() + "/etc/" + machine_->version() + "/white"));
    EXPECT_FALSE(fs::exists(machine_->folder() + "/data/" + machine_->version() + "/white"));
    EXPECT_EQ(
        machine_->run({"find", machine_->folder() + "/etc", "-name", "pghaulctl.*", "-printf", "%f\\n"}), "");
    EXPECT_EQ(machine_->psql("white", "shop",
                             "SELECT (SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'orders'), (SELECT "
                             "count(*) FROM pg_file_settings WHERE name ~ '^recovery_target')"),
              "t|0");
    for (const char* cluster : {"lavender", "white"})
      EXPECT_EQ(machine_->psql(cluster, "postgres", "SELECT count(*) FROM pg_replication_slots"), "0");
  }

  std::unique_ptr<OtherVersion> other_;
  std::unique_ptr<Machine> machine_;
  std::unique_ptr<support::Process> writer_;
};

TEST_F(PlatformInterrupted, ALiveChangeoverGoesOnWhereverItWasKilled) {
  EXPECT_TRUE(kill_at("live", {.program = "initdb"}));
  EXPECT_TRUE(kill_at("live", {.program = "pg_basebackup", .with_programs = true}));
  EXPECT_TRUE(kill_at("live", {.program = "pg_restore", .with_programs = true}));
  EXPECT_TRUE(kill_at("live", {.program = "pg_restore"}));
  EXPECT_TRUE(kill_at("live", {.program = "vacuumdb"}));
  EXPECT_TRUE(kill_at("live", {.program = "pg_dropcluster"}));
  complete("live");
  EXPECT_EQ(machine_->pghaulctl({"changeover", "shop", "finish"}).exit_status, 0);
  expect_whole();
}

/// What pg_upgrade leaves when it has begun to link files; it does so too quickly to be killed then.
TEST_F(PlatformInterrupted, SaysThatNeitherClusterIsWholeAndMakesItAnewOnceItIsDestroyed) {
  if (kills() == 0) GTEST_SKIP() << kIsLong;
  EXPECT_TRUE(kill_at("live", {.program = "pg_restore", .with_programs = true}));
  machine_->run({"sh", "-c",
                 "data=" + machine_->folder() + "/data/" + machine_->version() +
                     "/white; i=0; while [ -e $data/postmaster.pid ] && [ $i -lt 50 ]; do "
                     "/usr/lib/postgresql/" +
                     machine_->version() +
                     "/bin/pg_ctl stop -m fast -D $data >/dev/null; i=$((i+1)); done; mv "
                     "$data/global/pg_control $data/global/pg_control.old"});
  const ProcessResult half = machine_->pghaulctl({"changeover", "shop", "WHITE", "--by", "live"});
  EXPECT_EQ(half.exit_status, 3) << half.out << half.err;
  EXPECT_TRUE(says(half.err, "neither " + machine_->version() + "/white nor 17/white is whole"));
  EXPECT_TRUE(says(half.err, "pghaulctl destroy WHITE --confirm shop, and begin anew"));
  const ProcessResult destroyed = machine_->pghaulctl({"destroy", "WHITE", "--confirm", "shop"});
  ASSERT_EQ(destroyed.exit_status, 0) << destroyed.err;
  EXPECT_EQ(machine_->psql("lavender", "postgres", "SELECT count(*) FROM pg_replication_slots"), "0");
  EXPECT_EQ(machine_->run({"find", machine_->folder() + "/etc", "-name", "white"}), "");
  complete("live");
  EXPECT_EQ(machine_->pghaulctl({"changeover", "shop", "finish"}).exit_status, 0);
  expect_whole();
}

TEST_F(PlatformInterrupted, AnUpgradeGoesOnWhereverItWasKilled) {
  if (kills() == 0) GTEST_SKIP() << kIsLong;
  EXPECT_TRUE(kill_at("upgrade", {.program = "pg_restore", .with_programs = true}));
  EXPECT_TRUE(kill_at("upgrade", {.program = "vacuumdb", .with_programs = true}));
  EXPECT_TRUE(kill_at("upgrade", {.program = "pg_dropcluster"}));
  complete("upgrade");
  expect_whole();
}

TEST_F(PlatformInterrupted, ALiveChangeoverGoesOnAfterKillsAtAnyMoment) {
  if (kills() == 0) GTEST_SKIP() << kIsLong;
  std::minstd_rand random(std::random_device{}());
  for (int done = 0; done < kills();) {
    const Moment moment{.time = std::chrono::milliseconds(random() % 15000), .with_programs = done % 2 == 0};
    SCOPED_TRACE(testing::Message() << "killed at " << moment.time.count() << " ms");
    if (kill_at("live", moment) && ++done < kills()) continue;
    complete("live");
    EXPECT_EQ(machine_->pghaulctl({"changeover", "shop", "finish"}).exit_status, 0);
    expect_whole();
    if (HasFailure() || done == kills()) return;
    TearDown();
    SetUp();
  }
}

}  // namespace
}  // namespace pghaul::platform
