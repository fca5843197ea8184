#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <regex>

#include "platform/machine.h"

namespace pghaul::platform {
namespace {

using nlohmann::json;
using support::ProcessResult;

/// One machine for all cases: LAVENDER, and WHITE that follows it.
class PlatformInfo : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    machine_ = std::make_unique<Machine>();
    machine_->create_cluster("lavender");
    machine_->psql("lavender", "postgres", "CREATE ROLE app LOGIN");
    machine_->psql("lavender", "postgres", "CREATE DATABASE shop");
    machine_->psql("lavender", "shop", "CREATE TABLE orders (id int)");
    machine_->create_follower("white", "lavender");
    const std::string version = machine_->version();
    machine_->write("apps/shop.toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" + version +
                        "/lavender\", WHITE = \"" + version + "/white\", GREY = \"" + version +
                        "/grey\" }\n");
  }
  static void TearDownTestSuite() { machine_.reset(); }

  static json info_of(const std::string& name) {
    const ProcessResult done = machine_->pghaulctl({"info", "shop", "--json"});
    const json all = json::parse(done.out);
    for (const json& one : all.at("shop")) {
      if (one["name"] == name) return one;
    }
    return {};
  }
  static void pause_replay() { machine_->psql("white", "shop", "SELECT pg_wal_replay_pause()"); }
  static void resume_replay() { machine_->psql("white", "shop", "SELECT pg_wal_replay_resume()"); }
  /// Waits until the follower has replayed all there is.
  static void catch_up() {
    resume_replay();
    const std::string end = machine_->psql("lavender", "shop", "SELECT pg_current_wal_lsn()");
    while (machine_->psql("white", "shop", "SELECT pg_last_wal_replay_lsn() >= '" + end + "'") != "t") {
    }
  }
  static void commit(int times) {
    machine_->psql("lavender", "shop",
                   "DO $$ BEGIN FOR i IN 1.." + std::to_string(times) +
                       " LOOP INSERT INTO orders VALUES (i); COMMIT; END LOOP; END $$");
  }

  static inline std::unique_ptr<Machine> machine_;
};

TEST_F(PlatformInfo, HasTheKeysOfHostedPlatformsAndLeavesEmptyOnesOut) {
  catch_up();
  const ProcessResult done = machine_->pghaulctl({"info", "shop"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  const std::regex expected(
      "=== GREY\n"
      "Status:      missing \\(there is no cluster \\d+/grey\\)\n"
      "\n"
      "=== LAVENDER, shop\n"
      "Status:      available\n"
      "PG Version:  \\d+\\.\\d+\n"
      "Data Size:   [0-9.]+ MB\n"
      "Tables:      1\n"
      "Connections: \\d+ / 100\n"
      "Followers:   WHITE\n"
      "Created:     \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC\n"
      "\n"
      "=== WHITE\n"
      "Status:      available, read-only\n"
      "PG Version:  \\d+\\.\\d+\n"
      "Data Size:   [0-9.]+ MB\n"
      "Tables:      1\n"
      "Connections: \\d+ / 100\n"
      "Following:   LAVENDER\n"
      "Behind By:   0 commits \\(0 B, 0\\.0 s\\)\n");
  EXPECT_TRUE(std::regex_match(done.out, expected)) << done.out;
}

TEST_F(PlatformInfo, CountsTheCommitsThatAFollowerIsBehind) {
  commit(1);
  catch_up();
  pause_replay();
  commit(125);
  const json behind = info_of("WHITE")["behind"];
  EXPECT_EQ(behind["commits"], 125);
  EXPECT_GT(behind["bytes"], 125 * 30);
  EXPECT_GT(behind["seconds"], 0);
  catch_up();
  EXPECT_EQ(info_of("WHITE")["behind"], (json{{"commits", 0}, {"bytes", 0}, {"seconds", 0.0}}));
}

TEST_F(PlatformInfo, WaitIsSilentWhenTheDatabaseIsReady) {
  catch_up();
  for (const char* name : {"LAVENDER", "WHITE"}) {
    const ProcessResult done = machine_->pghaulctl({"wait", name});
    EXPECT_EQ(done.exit_status, 0) << done.err;
    EXPECT_EQ(done.out + done.err, "");
  }
}

TEST_F(PlatformInfo, WaitEndsOnceAFollowerIsAtMost200CommitsBehind) {
  catch_up();
  pause_replay();
  commit(201);
  const std::string command = PGHAULCTL_COMMAND;
  support::Process waiting({command, "wait", "WHITE"}, machine_->environment());
  while (waiting.out().empty() && !waiting.ends_within(std::chrono::milliseconds(10))) {
  }
  resume_replay();
  const ProcessResult done = waiting.wait();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_TRUE(says(done.out, "Waiting for database WHITE... 201 commits behind\n"));
}

TEST_F(PlatformInfo, WaitEndsWithStatus1WhereWaitingIsOfNoUse) {
  const ProcessResult done = machine_->pghaulctl({"wait", "GREY"});
  EXPECT_EQ(done.exit_status, 1);
  EXPECT_TRUE(says(done.err, "GREY is not available: there is no cluster"));
}

TEST_F(PlatformInfo, NamesTheFileOfAnApplicationThatDoesNotExist) {
  const ProcessResult done = machine_->pghaulctl({"info", "shoe"});
  EXPECT_EQ(done.exit_status, 3);
  EXPECT_TRUE(says(done.err, "/apps/shoe.toml"));
}

}  // namespace
}  // namespace pghaul::platform
