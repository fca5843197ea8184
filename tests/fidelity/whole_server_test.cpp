#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

using nlohmann::json;

/// A server with databases of its own, and another one without.
class WholeServer : public testing::Test {
 protected:
  WholeServer() {
    on_source("postgres",
              "create role app login password 'secret'; create role readers; grant readers to app;"
              "alter role app set work_mem = '7MB';"
              "set allow_in_place_tablespaces = on; create tablespace fast location ''");
    source_.create_database("shop");
    source_.create_database("letters", "template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'");
    on_source("shop",
              "create table orders as select i, md5(i::text) as words from generate_series(1, 20000) as i;"
              "alter table orders owner to app; alter table orders add primary key (i);"
              "create table small (i int primary key) tablespace fast; insert into small values (1);"
              "create index on small (i) tablespace fast; grant select on small to readers");
    on_source("letters", "create table words as select 'gr\303\274n'::text as word");
  }

  std::string on_source(const std::string& database, const std::string& sql) const {
    return source_.psql(database, sql);
  }
  std::string on_target(const std::string& database, const std::string& sql) const {
    return target_.psql(database, sql);
  }
  [[nodiscard]] support::Haul run(const std::string& verb, std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {verb, source_.uri("postgres"), target_.uri("postgres"),
                                     "--all-databases", "--map-tablespace", "fast="});
    return support::haul(options);
  }
  static json report_of(const support::Haul& done, const std::string& database) {
    for (const json& one : done.report.value("databases", json::array())) {
      if (one["name"] == database) return one["report"];
    }
    return json::object();
  }
  static std::string status_of(const support::Haul& done, const std::string& database) {
    return report_of(done, database).value("status", "none");
  }

  const support::Cluster source_;
  const support::Cluster target_;
};

TEST_F(WholeServer, IsCopiedWithItsRolesAndOneReport) {
  const support::Haul planned = run("plan");
  EXPECT_EQ(planned.exit_status, 0) << planned.err;
  EXPECT_EQ(status_of(planned, "shop"), "planned");

  const support::Haul copied = run("copy", {"--jobs", "2"});
  ASSERT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_EQ(copied.report["status"], "verified");
  EXPECT_FALSE(copied.report.value("partial", false)) << copied.report["left_out"];
  for (const char* database : {"shop", "letters", "postgres"}) {
    EXPECT_EQ(status_of(copied, database), "verified") << database;
  }
  EXPECT_EQ(copied.report["databases"][0]["name"], "shop") << "takes longest, so it comes first";
  EXPECT_NE(copied.out.find("3 databases"), std::string::npos) << copied.out;
  EXPECT_EQ(copied.err.find("secret"), std::string::npos);

  EXPECT_EQ(on_target("shop", "select count(*) from orders"), "20000");
  EXPECT_EQ(on_target("shop", "select tableowner from pg_tables where tablename = 'orders'"), "app");
  EXPECT_EQ(on_target("letters",
                      "select pg_encoding_to_char(encoding), datcollate from pg_database"
                      " where datname = current_database()"),
            "LATIN1|C");
  const std::string roles =
      "select rolpassword, rolcanlogin, pg_has_role(oid, 'readers', 'member'),"
      " (select setconfig from pg_db_role_setting where setrole = oid) from pg_authid where rolname = 'app'";
  EXPECT_EQ(on_target("postgres", roles), on_source("postgres", roles));

  const support::Haul compared = run("verify");
  EXPECT_EQ(compared.exit_status, 0) << compared.err;
  on_target("shop", "update orders set words = 'other' where i = 7");
  const support::Haul different = run("verify");
  EXPECT_EQ(different.exit_status, 6) << different.err;
  EXPECT_EQ(status_of(different, "shop"), "mismatch");
  EXPECT_EQ(status_of(different, "letters"), "verified");
}

TEST_F(WholeServer, GoesOnWithoutWhatFailsAndResumes) {
  on_source("postgres", "create database closed allow_connections false");
  target_.create_database("shop");
  on_target("shop", "create table in_the_way ()");
  EXPECT_EQ(run("plan").exit_status, 3);

  const support::Haul copied = run("copy");
  EXPECT_EQ(copied.exit_status, 5) << copied.err;
  EXPECT_EQ(status_of(copied, "shop"), "refused");
  EXPECT_EQ(status_of(copied, "letters"), "verified");
  EXPECT_NE(copied.report["left_out"].dump().find("database closed"), std::string::npos);
  EXPECT_NE(copied.err.find("1 of 3 databases"), std::string::npos) << copied.err;
  EXPECT_NE(copied.err.find("--resume"), std::string::npos) << copied.err;
  EXPECT_EQ(on_target("shop", "select count(*) from pg_tables where tablename = 'orders'"), "0");

  on_target("shop", "drop table in_the_way");
  const support::Haul resumed = run("copy", {"--resume"});
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
  EXPECT_EQ(report_of(resumed, "shop").value("verb", ""), "copy");
  EXPECT_EQ(report_of(resumed, "letters").value("verb", ""), "verify") << "it was complete";
  EXPECT_EQ(on_target("shop", "select count(*) from orders"), "20000");
}

TEST(WholeServerOptions, ThatAreOfOneDatabaseAreRefused) {
  const std::string server = support::shared_source().uri("postgres");
  for (const std::vector<std::string>& options : std::vector<std::vector<std::string>>{{"-t", "t"},
                                                                                       {"-n", "public"},
                                                                                       {"--follow"},
                                                                                       {"--rehearse"},
                                                                                       {"--where", "t=true"},
                                                                                       {"--discard"}}) {
    std::vector<std::string> arguments{"copy", server, support::shared_target().uri("postgres"),
                                       "--all-databases"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const support::Haul refused = support::haul(arguments);
    EXPECT_EQ(refused.exit_status, 2) << options.front() << refused.err;
    EXPECT_NE(refused.err.find("--all-databases"), std::string::npos) << refused.err;
  }
  EXPECT_EQ(support::haul({"copy", server, "archive:/tmp/no_such_folder", "--all-databases"}).exit_status, 2);
}

}  // namespace
}  // namespace pghaul::fidelity
