#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

class Tablespace : public testing::Test {
 protected:
  void SetUp() override {
    if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: tablespaces";
    make(support::shared_source(), old_);
    make(support::shared_target(), new_);
    source_.psql(
        "create table t (i int primary key using index tablespace " + old_ + ", v text) tablespace " + old_ +
        "; insert into t select i, 'v' from generate_series(1, 50) as i;" +
        "create index by_v on t (v) tablespace " + old_ + "; create materialized view m tablespace " + old_ +
        " as select count(*) from t;" + "create table elsewhere (i int)");
  }
  void TearDown() override {
    if (IsSkipped()) return;
    source_.psql("drop table t, elsewhere cascade");
    support::shared_source().psql("postgres", "drop tablespace " + old_);
    target_.psql("drop table if exists t, elsewhere cascade");
    support::shared_target().psql("postgres", "drop tablespace " + new_);
    std::filesystem::remove_all(folder_);
  }
  static void make(const support::Cluster& server, const std::string& name) {
    server.psql("postgres",
                "set allow_in_place_tablespaces = on; create tablespace " + name + " location ''");
  }
  [[nodiscard]] support::Haul run(const std::string& verb, const std::string& mapping,
                                  const std::string& from = {}) const {
    std::vector<std::string> arguments{verb, from.empty() ? source_.uri() : from, target_.uri()};
    if (!mapping.empty()) arguments.insert(arguments.end(), {"--map-tablespace", mapping});
    return support::haul(arguments);
  }
  /// Lists what is in a tablespace other than the database's own.
  [[nodiscard]] std::string placed() const {
    return target_.psql(
        "select string_agg(relname || ':' || spcname, ' ' order by relname) from pg_class as c"
        " join pg_tablespace as s on s.oid = c.reltablespace where relnamespace = 'public'::regnamespace");
  }

  const support::Database source_{support::shared_source()};
  const support::Database target_{support::shared_target()};
  const std::string old_ = source_.name() + "_old";
  const std::string new_ = source_.name() + "_new";
  const std::string folder_ = testing::TempDir() + target_.name();
};

TEST_F(Tablespace, TakesThePlaceOfAnother) {
  EXPECT_EQ(run("copy", "").exit_status, 3) << "the target has none of that name";
  const support::Haul copied = run("copy", old_ + "=" + new_);
  ASSERT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_EQ(placed(), "by_v:" + new_ + " m:" + new_ + " t:" + new_ + " t_pkey:" + new_);
  EXPECT_EQ(run("verify", old_ + "=" + new_).exit_status, 0);
  const support::Haul as_it_was = run("verify", "");
  EXPECT_EQ(as_it_was.exit_status, 6) << "the tablespaces differ";
}

TEST_F(Tablespace, OfTheDatabaseItselfIsNone) {
  ASSERT_EQ(support::haul({"copy", source_.uri(), "archive:" + folder_}).exit_status, 0);
  const support::Haul restored = run("copy", old_ + "=pg_default", "archive:" + folder_);
  ASSERT_EQ(restored.exit_status, 0) << restored.err;
  EXPECT_EQ(placed(), "");
  EXPECT_EQ(run("verify", old_ + "=").exit_status, 0);
  EXPECT_EQ(run("verify", "no_equals_sign").exit_status, 2);
}

}  // namespace
}  // namespace pghaul::fidelity
