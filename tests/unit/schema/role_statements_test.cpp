#include "schema/role_statements.h"

#include <gtest/gtest.h>

namespace pghaul::schema {
namespace {

using Properties = std::vector<std::pair<std::string, std::string>>;

TEST(RoleStatements, MakeRolesAsTheyWere) {
  catalog::Role app{.name = "App",
                    .may_log_in = true,
                    .bypasses_row_security = true,
                    .connection_limit = 5,
                    .valid_until = "2030-01-01",
                    .password = "SCRAM-SHA-256$x'y",
                    .comment = "it's",
                    .settings = {{"work_mem", "7MB"}, {"search_path", "\"a b\", c"}},
                    .groups = {{"reader", true}, {"nobody", false}}};
  const RoleStatements made = role_statements({app, {.name = "reader", .inherits = false}}, {}, true);
  EXPECT_EQ(made.roles,
            (Properties{{"role \"App\"",
                         "CREATE ROLE \"App\" LOGIN BYPASSRLS CONNECTION LIMIT 5 VALID UNTIL '2030-01-01'"
                         " PASSWORD 'SCRAM-SHA-256$x''y'"},
                        {"role reader", "CREATE ROLE \"reader\" NOINHERIT"}}));
  EXPECT_EQ(
      made.properties,
      (Properties{
          {"comment on role \"App\"", "COMMENT ON ROLE \"App\" IS 'it''s'"},
          {"setting work_mem of role \"App\"", "ALTER ROLE \"App\" SET \"work_mem\" TO '7MB'"},
          {"setting search_path of role \"App\"", "ALTER ROLE \"App\" SET \"search_path\" TO 'a b', 'c'"},
          {"membership of role \"App\" in reader", "GRANT \"reader\" TO \"App\" WITH ADMIN OPTION"}}));
  EXPECT_TRUE(made.left_out.empty());
}

TEST(RoleStatements, NameWhatAnOrdinaryRoleCannotGive) {
  const catalog::Role strong{
      .name = "strong", .superuser = true, .may_log_in = true, .may_replicate = true, .hides_password = true};
  const RoleStatements made = role_statements({strong}, {}, false);
  EXPECT_EQ(made.roles,
            (Properties{{"role strong", "CREATE ROLE \"strong\" LOGIN; GRANT \"strong\" TO CURRENT_USER"}}));
  std::vector<std::string> left_out;
  for (const LeftOut& one : made.left_out) left_out.push_back(one.object);
  EXPECT_EQ(left_out, (std::vector<std::string>{"SUPERUSER of role strong", "REPLICATION of role strong",
                                                "password of role strong"}));
}

TEST(RoleStatements, GiveARoleThatIsThereNoMoreThanItsNewGroups) {
  const catalog::Role there{.name = "there", .comment = "other", .groups = {{"made", false}, {"old", false}}};
  const RoleStatements made = role_statements({there, {.name = "made"}}, {"there", "old"}, true);
  EXPECT_EQ(made.roles, (Properties{{"role made", "CREATE ROLE \"made\""}}));
  EXPECT_EQ(made.properties,
            (Properties{{"membership of role there in made", "GRANT \"made\" TO \"there\""}}));
}

}  // namespace
}  // namespace pghaul::schema
