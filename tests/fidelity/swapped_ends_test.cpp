#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

/// A target with something in it.
class SwappedEnds : public testing::Test {
 protected:
  SwappedEnds() {
    source_.psql("create table t (id int)");
    target_.psql(
        "create table kept (id int); insert into kept select generate_series(1, 12345); analyze kept");
  }
  [[nodiscard]] support::Haul run(const std::string& verb, std::vector<std::string> options) const {
    options.insert(options.begin(), {verb, source_.uri(), target_.uri()});
    return support::haul(options);
  }
  static bool finds(const support::Haul& done, const std::string& code) {
    return done.report["findings"].dump().find(code) != std::string::npos;
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
};

TEST_F(SwappedEnds, AreToldByHowManyRowsWouldGo) {
  const support::Haul refused = run("plan", {});
  EXPECT_EQ(refused.exit_status, 3);
  EXPECT_NE(refused.report["findings"].dump().find("about 12,345 rows"), std::string::npos)
      << refused.report["findings"];
}

TEST_F(SwappedEnds, AreDoubtedWhereOthersAreAtWork) {
  EXPECT_FALSE(finds(run("plan", {"--confirm", target_.name()}), "target_in_use"));
  std::map<std::string, std::string> keywords = postgres::ConnectionString::parse(target_.uri())->keywords();
  keywords["application_name"] = "an application";
  Result<postgres::Connection> session =
      postgres::Connection::open(postgres::ConnectionString(std::move(keywords)), postgres::Side::target);
  ASSERT_TRUE(session && session->execute("BEGIN; SELECT FROM public.kept LIMIT 1"));
  const support::Haul refused = run("copy", {"--confirm", target_.name()});
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  EXPECT_TRUE(finds(refused, "target_in_use")) << refused.report["findings"];
  EXPECT_EQ(target_.psql("select count(*) from kept"), "12345");
  EXPECT_FALSE(finds(run("plan", {"--confirm", target_.name(), "--confirm-larger"}), "target_in_use"));
}

}  // namespace
}  // namespace pghaul::fidelity
