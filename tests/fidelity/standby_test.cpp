#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "fidelity/copy.h"
#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

std::string log_of(const support::Cluster& server) {
  std::ifstream log(server.folder() + "/log");
  return {std::istreambuf_iterator<char>(log), {}};
}

TEST(HotStandby, IsASourceLikeItsPrimary) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: objects of every kind";
  const support::Cluster primary;
  prepare(primary);
  prepare(support::shared_target());
  const support::Database source(primary);
  fill(source, "types");
  source.psql("create unlogged table passing (a int); insert into passing values (1)");
  // The fixture's tablespace lies within the data directory.
  const support::Cluster standby(
      {.settings = {{"allow_in_place_tablespaces", "on"}}, .standby_of = primary.uri("postgres")});
  const support::Database target(support::shared_target());

  const support::Haul refused = support::haul({"copy", standby.uri(source.name()), target.uri()});
  EXPECT_EQ(refused.exit_status, 3);
  EXPECT_NE(refused.err.find("table public.passing can't be copied: it is unlogged"), std::string::npos)
      << refused.err;
  const support::Haul done =
      support::haul({"copy", "--skip-unreadable", standby.uri(source.name()), target.uri()});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(target.psql("select count(*) from passing"), "0");
  source.psql("delete from passing");
  EXPECT_EQ(differences(source, target), "");
  const std::string log = log_of(standby);
  EXPECT_EQ(log.find("ERROR"), std::string::npos) << log;
}

}  // namespace
}  // namespace pghaul::fidelity
