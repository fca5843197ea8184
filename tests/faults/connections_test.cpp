#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "postgres/connection.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul {
namespace {

/// A target that lets in eight sessions.
class FewConnections : public testing::Test {
 protected:
  FewConnections() {
    for (int i = 0; i < 12; ++i) {
      source_.psql("create table t" + std::to_string(i) + " as select generate_series(1, 10000) as id");
    }
  }
  [[nodiscard]] support::Haul copy() const {
    return support::haul(
        {"copy", source_.uri(), target_.uri(), "--progress", "none", "--jobs", "16", "--retry-for", "20"});
  }

  const support::Cluster server_{
      {.settings = {{"max_connections", "8"}, {"superuser_reserved_connections", "0"}}}};
  const support::Database source_{support::shared_source()};
  const support::Database target_{server_};
};

TEST_F(FewConnections, AreEnoughForMoreWorkers) {
  const support::Haul run = copy();
  EXPECT_EQ(run.exit_status, 0) << run.err;
}

TEST_F(FewConnections, AllTakenAreAClearEnd) {
  std::vector<postgres::Connection> sessions;
  const auto server = postgres::ConnectionString::parse(target_.uri());
  ASSERT_TRUE(server);
  for (;;) {
    Result<postgres::Connection> session = postgres::Connection::open(*server, postgres::Side::target);
    if (!session) break;
    sessions.push_back(std::move(*session));
  }
  const support::Haul run = copy();
  EXPECT_EQ(run.exit_status, 4) << run.err;
  EXPECT_NE(run.err.find("too many clients"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("max_connections"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace pghaul
