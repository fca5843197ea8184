#include <gtest/gtest.h>
#include <sys/stat.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "platform/machine.h"
#include "platform/other_version.h"

namespace pghaul::platform {
namespace {

using nlohmann::json;
using support::ProcessResult;

constexpr int kOther = 17;

/// One machine for all cases, in their order: LAVENDER is live; the others are of another major version, and
/// don't exist yet.
class PlatformOtherMajor : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    other_ = std::make_unique<OtherVersion>(kOther);
    if (!other_->missing().empty()) return;
    machine_ = std::make_unique<Machine>();
    machine_->create_cluster("lavender");
    machine_->psql("lavender", "postgres", "CREATE ROLE app LOGIN; CREATE ROLE desk LOGIN");
    machine_->psql("lavender", "postgres",
                   "CREATE DATABASE shop OWNER app LOCALE_PROVIDER icu ICU_LOCALE 'en-US' "
                   "TEMPLATE template0");
    machine_->psql(
        "lavender", "shop",
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text); ALTER TABLE orders OWNER TO app; GRANT ALL "
        "ON orders TO desk; INSERT INTO orders SELECT i, md5(i::text) FROM generate_series(1, 1000) AS i");
    const std::string service = "\nhost=" + machine_->folder() +
                                "\nport=" + machine_->property("lavender", "port") + "\ndbname=shop\n";
    machine_->write("services", "[shop]" + service + "[desk]" + service);
    machine_->write("hook", "#!/bin/sh\necho \"$1\" >> " + machine_->folder() + "/hooked\n");
    ::chmod((machine_->folder() + "/hook").c_str(), 0755);
    write_app("shop", "app", "",
              "also = [\"hook:" + machine_->folder() + "/hook\", \"the nightly report\"]\n");
  }
  static void TearDownTestSuite() {
    machine_.reset();
    other_.reset();
  }
  void SetUp() override {
    if (!other_->missing().empty()) GTEST_SKIP() << other_->missing();
  }

  /// Writes an application whose databases have something behind their names.
  static void write_app(const std::string& name, const std::string& writer, const std::string& suffix,
                        const std::string& more) {
    machine_->write("apps/" + name + ".toml",
                    "database = \"shop\"\nwriters = [\"" + writer + "\"]\ndatabases = { LAVENDER" + suffix +
                        " = \"" + machine_->version() + "/lavender\", WHITE" + suffix + " = \"" +
                        std::to_string(kOther) + "/white\" }\nnames = [\"service:" + machine_->folder() +
                        "/services#" + name + "\"]\n" + more);
  }

  static inline std::unique_ptr<OtherVersion> other_;
  static inline std::unique_ptr<Machine> machine_;
};

TEST_F(PlatformOtherMajor, RefusesAnotherVersionThanIsWanted) {
  const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "WHITE", "--to", "16"});
  EXPECT_EQ(done.exit_status, 3);
  EXPECT_TRUE(says(done.err, "the version of WHITE is 17, not 16"));
}

TEST_F(PlatformOtherMajor, PlansAsJsonToo) {
  const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "WHITE", "--plan", "--json"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  const json plan = json::parse(done.out);
  EXPECT_EQ(plan["to"], "WHITE");
  EXPECT_EQ(plan["by_hand"], json::array({"the nightly report"}));
  EXPECT_EQ(
      plan["steps"][0],
      (json{{"name", "create"}, {"what", "WHITE runs, with the settings of LAVENDER"}, {"state", "to do"}}));
  EXPECT_EQ(machine_->read("hooked"), "");
}

TEST_F(PlatformOtherMajor, RefusesToLeaveAnotherApplicationBehind) {
  machine_->write("apps/desk.toml", "database = \"shop\"\nwriters = [\"desk\"]\ndatabases = { DESK = \"" +
                                        machine_->version() + "/lavender\" }\n");
  const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "WHITE"});
  EXPECT_EQ(done.exit_status, 3);
  EXPECT_TRUE(says(done.err, "desk works with the same database as shop, and its file has none at 17/white"));
}

TEST_F(PlatformOtherMajor, MovesByACopyWithTheOtherApplicationThatWorksThere) {
  write_app("desk", "desk", "_OF_DESK", "");
  const ProcessResult done = machine_->pghaulctl({"changeover", "shop", "WHITE", "--to", "17"});
  ASSERT_EQ(done.exit_status, 0) << done.out << done.err;
  EXPECT_TRUE(says(done.err, "desk works with the same database: its writers and names move along"));
  EXPECT_TRUE(says(done.out, "\nto do by hand: the nightly report\n"));
  EXPECT_EQ(machine_->read("hooked"), "stop\npoint\nstart\n");
  EXPECT_EQ(machine_->psql("white", "shop", "SELECT count(*) FROM orders"), "1000");
  EXPECT_EQ(machine_->psql("white", "shop",
                           "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'shop'"),
            "i|en-US");
  const std::string port = "port=" + machine_->property("white", "port") + "\n";
  const std::string services = machine_->read("services");
  EXPECT_NE(services.find(port), services.rfind(port)) << services;
  EXPECT_EQ(machine_->psql("lavender", "postgres",
                           "SELECT count(*) FROM pg_roles WHERE rolname IN ('app', 'desk') AND "
                           "rolcanlogin"),
            "0");
  EXPECT_EQ(machine_->psql("white", "postgres",
                           "SELECT count(*) FROM pg_roles WHERE rolname IN ('app', 'desk') AND "
                           "rolcanlogin"),
            "2");
}

}  // namespace
}  // namespace pghaul::platform
