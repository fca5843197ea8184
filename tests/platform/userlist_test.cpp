#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "pghaulctl/login.h"
#include "pghaulctl/userlist_text.h"
#include "platform/machine.h"
#include "platform/pgbouncer.h"

namespace pghaul::platform {
namespace {

using support::ProcessResult;

TEST(UserlistText, HasOneLineForAUserAndLeavesTheOthers) {
  const std::string file =
      "; by hand\n\"app_a\" \"md5x\"\n  \"app\"  \"x\"\n\"app\" \"y\"\n\"ap\"\"p\" \"z\"";
  EXPECT_EQ(with_user(file, "app", "SCRAM"),
            "; by hand\n\"app_a\" \"md5x\"\n\"ap\"\"p\" \"z\"\n\"app\" \"SCRAM\"\n");
  EXPECT_EQ(without_user(file, "ap\"p"), "; by hand\n\"app_a\" \"md5x\"\n  \"app\"  \"x\"\n\"app\" \"y\"\n");
  EXPECT_EQ(with_user("", "a\"b", "S"), "\"a\"\"b\" \"S\"\n");
}

/// A server that lets nobody in without a password, and a PgBouncer that hands on the logins of its clients.
class PlatformUserlist : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    machine_ = std::make_unique<Machine>();
    machine_->create_cluster("lavender");
    const std::string rules =
        machine_->write("rules", "local all postgres peer\nlocal all all scram-sha-256\n");
    machine_->run({"cp", rules, folder() + "/etc/" + machine_->version() + "/lavender/pg_hba.conf"});
    machine_->psql("lavender", "postgres",
                   "CREATE ROLE app LOGIN PASSWORD 'first'; CREATE ROLE desk LOGIN PASSWORD 'desk'; SELECT "
                   "pg_reload_conf()");
    machine_->psql("lavender", "postgres", "CREATE DATABASE shop OWNER app");
    pooler_ =
        std::make_unique<PgBouncer>(*machine_, "scram-sha-256", "\"desk\" \"desk\"\n\"app\" \"first\"\n");
    write_app(", \"" + pooler_->userlist_entry() + "\"");
    ASSERT_EQ(machine_->pghaulctl({"pool", "attach", "shop", "pghaul"}).exit_status, 0);
  }
  static void TearDownTestSuite() {
    pooler_.reset();
    machine_.reset();
  }

  static const std::string& folder() { return machine_->folder(); }
  static void write_app(const std::string& more_names) {
    machine_->write("apps/shop.toml",
                    "database = \"shop\"\nwriters = [\"app\"]\ndatabases = { LAVENDER = \"" +
                        machine_->version() + "/lavender\" }\nnames = [\"" + pooler_->entry("shop") + "\"" +
                        more_names + "]\n");
  }
  static ProcessResult rotate(const std::string& more) {
    return machine_->pghaulctl({"credentials", "rotate", "shop", more});
  }
  /// Rotates; returns the role and the password that nothing but the output holds.
  static Login rotated() {
    const ProcessResult done = rotate("--json");
    EXPECT_EQ(done.exit_status, 0) << done.err;
    const auto writer = nlohmann::json::parse(done.out)["writers"][0];
    EXPECT_EQ(writer["names"][0], "userlist:" + folder() + "/users");
    return {writer["login"], writer["password"]};
  }
  /// Asks through PgBouncer who a client is for the server; or returns why it was not let in.
  static std::string session_of(const Login& login) {
    const ProcessResult done = pooler_->query("shop", login.user + " password=" + login.password,
                                              "SELECT session_user, current_user");
    return done.exit_status == 0 ? done.out : done.err;
  }
  static void set_auth_type(const std::string& type) {
    std::string text = machine_->read("pgbouncer.ini");
    const std::size_t at = text.find("auth_type = ") + 12;
    machine_->write("pgbouncer.ini", text.replace(at, text.find('\n', at) - at, type));
    machine_->run({"psql", "-Xq", "-d", "host=" + folder() + " port=6432 user=pgbouncer dbname=pgbouncer",
                   "-c", "RELOAD"});
  }

  static inline std::unique_ptr<Machine> machine_;
  static inline std::unique_ptr<PgBouncer> pooler_;
};

TEST_F(PlatformUserlist, LetsTheNextLoginInBesideTheEarlierOnes) {
  EXPECT_FALSE(says(machine_->read("pghaul.ini"), "user="));
  ASSERT_EQ(session_of({"app", "first"}), "app|app\n");

  const Login a = rotated();
  EXPECT_EQ(a.user, "app_a");
  EXPECT_TRUE(
      says(machine_->read("users"), "\"desk\" \"desk\"\n\"app\" \"first\"\n\"app_a\" \"SCRAM-SHA-256$"));
  EXPECT_EQ(session_of(a), "app_a|app\n");
  EXPECT_EQ(session_of({"app", "first"}), "app|app\n");

  const ProcessResult ended = rotate("--end-old");
  EXPECT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_FALSE(says(machine_->read("users"), "\"app\""));
  EXPECT_TRUE(says(session_of({"app", "first"}), "FATAL"));
  EXPECT_EQ(session_of(a), "app_a|app\n");
  EXPECT_EQ(session_of({"desk", "desk"}), "desk|desk\n");
  EXPECT_EQ(session_of(rotated()), "app_b|app\n");
}

TEST_F(PlatformUserlist, GetsTheLoginOfARotationThatWasInterrupted) {
  const std::string before = machine_->read("users");
  std::filesystem::create_directory(folder() + "/users.pghaulctl");  // in the way of the file's replacement
  const ProcessResult broken = rotate("--json");
  EXPECT_EQ(broken.exit_status, 5) << broken.err;
  EXPECT_EQ(machine_->read("users"), before);
  std::filesystem::remove(folder() + "/users.pghaulctl");
  EXPECT_EQ(session_of(rotated()), "app_a|app\n");
}

TEST_F(PlatformUserlist, IsRefusedWhereItWouldBeOfNoUse) {
  const std::string before = machine_->read("users");
  ::chmod((folder() + "/users").c_str(), 0644);
  EXPECT_TRUE(says(rotate("--json").err, "every user may read " + folder() + "/users"));
  ::chmod((folder() + "/users").c_str(), 0600);

  write_app("");
  EXPECT_TRUE(says(rotate("--json").err, "hint: add its auth_file to 'names'"));
  std::string other = pooler_->userlist_entry();
  write_app(", \"" + other.replace(other.find("/users"), 6, "/other") + "\"");
  machine_->write_secret("other", "");
  EXPECT_TRUE(says(rotate("--json").err,
                   "PgBouncer takes logins from " + folder() + "/users, not from " + folder() + "/other"));
  write_app(", \"" + pooler_->userlist_entry() + "\"");
  set_auth_type("trust");
  EXPECT_TRUE(says(rotate("--json").err, "PgBouncer does not ask its clients for what the server wants"));
  set_auth_type("scram-sha-256");
  EXPECT_EQ(machine_->read("users"), before);
}

}  // namespace
}  // namespace pghaul::platform
