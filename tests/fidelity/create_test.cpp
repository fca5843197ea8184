#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

class Create : public testing::Test {
 protected:
  void SetUp() override {
    if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: roles";
    source_.psql("create table t (id int primary key); insert into t values (1); create role " + role());
    source_.psql("alter table t owner to " + role());
  }
  void TearDown() override {
    if (IsSkipped()) return;
    support::shared_target().psql("postgres", "drop database if exists " + name_);
    source_.psql("drop table t; drop role " + role());
  }

  [[nodiscard]] std::string role() const { return name_ + "_only_there"; }
  [[nodiscard]] std::string on_server(const std::string& sql) const {
    return support::shared_target().psql("postgres", sql);
  }
  [[nodiscard]] support::Haul copy(std::vector<std::string> options) const {
    options.insert(options.begin(), {"copy", source_.uri(), support::shared_target().uri(name_)});
    return support::haul(options);
  }

  const support::Database source_{support::shared_source(),
                                  "template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'"};
  const std::string name_ = source_.name() + "_made";
};

TEST_F(Create, MakesATargetLikeTheSource) {
  EXPECT_EQ(copy({"-O"}).exit_status, 4);
  const support::Haul copied = copy({"-O", "--create"});
  ASSERT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_EQ(on_server("select pg_encoding_to_char(encoding), datcollate, datctype from pg_database"
                      " where datname = '" +
                      name_ + "'"),
            "LATIN1|C|C");
  EXPECT_EQ(support::shared_target().psql(name_, "select id from t"), "1");
  const support::Haul again = copy({"-O", "--create", "--confirm", name_});
  EXPECT_EQ(again.exit_status, 0) << again.err;
}

TEST_F(Create, MakesRolesToo) {
  const std::string group = role() + "_group";
  source_.psql("create role " + group + "; grant " + group + " to " + role() + "; alter role " + role() +
               " login password 'secret'; alter role " + role() +
               " set work_mem = '7MB'; grant select on t to " + group);
  const support::Haul copied = copy({"--create", "--roles"});
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_FALSE(copied.report.value("partial", false)) << copied.report["left_out"];
  EXPECT_EQ(on_server("select rolcanlogin, rolpassword ~ '^SCRAM', pg_has_role(oid, '" + group +
                      "', 'member'), (select setconfig from pg_db_role_setting where setrole = oid)"
                      " from pg_authid where rolname = '" +
                      role() + "'"),
            "t|t|t|{work_mem=7MB}");
  EXPECT_EQ(support::shared_target().psql(name_, "select tableowner from pg_tables where tablename = 't'"),
            role());
  support::shared_target().psql("postgres", "drop database " + name_);
  support::shared_target().psql("postgres", "drop role " + role() + ", " + group);
  source_.psql("revoke all on t from " + group + "; drop role " + group);
}

TEST_F(Create, LeavesNothingBehindARefusal) {
  const support::Haul refused = copy({"--create"});
  EXPECT_EQ(refused.exit_status, 3) << refused.err;
  EXPECT_NE(refused.err.find(role()), std::string::npos) << refused.err;
  EXPECT_EQ(on_server("select count(*) from pg_database where datname = '" + name_ + "'"), "0");
  EXPECT_EQ(copy({"--create", "--maintenance-db", "no_such_database"}).exit_status, 4);
  EXPECT_EQ(copy({"--create", "--rehearse"}).exit_status, 2);
}

}  // namespace
}  // namespace pghaul::fidelity
