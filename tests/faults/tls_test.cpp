#include <gtest/gtest.h>

#include <string>

#include "faults/secure_server.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/terminal.h"

namespace pghaul::faults {
namespace {

using support::Haul;

/// A copy from a server that wants TLS, where pg_dump has to keep to the same as pghaul itself.
class Tls : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new SecureServer("open sesame"); }
  static void TearDownTestSuite() { delete server_; }

  Tls() { source_.psql("create table t as select generate_series(1, 100) as i"); }

  Haul copy_from(const std::string& source) const {
    return support::haul({"copy", source, target_.uri(), "--progress", "none"});
  }
  [[nodiscard]] std::string source(const std::string& more) const {
    return server_->with_password(source_.name(), more);
  }
  void expect_refused(const std::string& source, const std::string& words) const {
    const Haul run = copy_from(source);
    EXPECT_EQ(run.exit_status, 4) << run.err;
    EXPECT_NE(run.err.find(words), std::string::npos) << run.err;
  }

  static inline SecureServer* server_ = nullptr;
  const support::Database source_{server_->cluster()};
  const support::Database target_{support::shared_target()};
};

TEST_F(Tls, IsVerifiedAgainstTheRootThatIsGiven) {
  const Haul run = copy_from(source("sslmode=verify-full sslrootcert=" + server_->root_certificate()));
  EXPECT_EQ(run.exit_status, 0) << run.err;
}

TEST_F(Tls, BindsThePasswordToTheChannel) {
  const Haul run = copy_from(source("sslmode=require channel_binding=require"));
  EXPECT_EQ(run.exit_status, 0) << run.err;
}

TEST_F(Tls, LetsACertificateStandForAPassword) {
  const Haul run = copy_from(server_->with_certificate(source_.name()));
  EXPECT_EQ(run.exit_status, 0) << run.err;
}

TEST_F(Tls, TakesAPasswordThatIsTypedAndDoesNotShowIt) {
  std::string without = source("");
  without.erase(without.find(" password="));
  support::Terminal terminal({PGHAUL_COMMAND, "copy", without, target_.uri()},
                             {{"TERM", "xterm"}, {"PGPASSFILE", "/dev/null"}});
  terminal.expect("Password for the source: ");
  terminal.type("open sesame\n");
  EXPECT_EQ(terminal.wait(), 0) << terminal.shown();
  EXPECT_NE(terminal.shown().find("verified"), std::string::npos) << terminal.shown();
  EXPECT_EQ(terminal.shown().find("open sesame"), std::string::npos) << terminal.shown();
}

TEST_F(Tls, IsRefusedWhenNoPasswordIsTyped) {
  std::string without = source("");
  without.erase(without.find(" password="));
  support::Terminal terminal({PGHAUL_COMMAND, "plan", without, target_.uri()},
                             {{"TERM", "xterm"}, {"PGPASSFILE", "/dev/null"}});
  terminal.expect("Password for the source: ");
  terminal.type("\n");
  EXPECT_EQ(terminal.wait(), 4) << terminal.shown();
}

TEST_F(Tls, IsRefusedWithAnotherRoot) {
  const SecureServer other("open sesame");
  expect_refused(source("sslmode=verify-full sslrootcert=" + other.root_certificate()),
                 "certificate verify failed");
}

TEST_F(Tls, IsRefusedUnderAnotherName) {
  std::string elsewhere = source("sslmode=verify-full sslrootcert=" + server_->root_certificate());
  elsewhere.replace(elsewhere.find("host=localhost"), 14, "host=elsewhere");
  expect_refused(elsewhere, "does not match host name");
}

TEST_F(Tls, IsNeededToBindTheChannel) {
  const support::Database elsewhere(support::shared_source());
  expect_refused(elsewhere.tcp_uri() + "?channel_binding=require", "channel binding");
}

TEST_F(Tls, IsNotLeftOutWhereTheServerWantsIt) {
  expect_refused(source("sslmode=disable"), "pg_hba.conf");
}

}  // namespace
}  // namespace pghaul::faults
