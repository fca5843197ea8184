#include <gtest/gtest.h>

#include <string>

#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

/// A role of the source alone.
class OnlyThere {
 public:
  OnlyThere() { support::shared_source().psql("postgres", "create role fidelity_only_there"); }
  ~OnlyThere() { support::shared_source().psql("postgres", "drop role fidelity_only_there"); }
  OnlyThere(const OnlyThere&) = delete;
  OnlyThere& operator=(const OnlyThere&) = delete;
};

TEST(ChoiceOfObjects, WantsOnlyTheRolesAndExtensionsThatTheChosenNeed) {
  const OnlyThere role;
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  source.psql(R"(
    create schema app; create table app.t (id int primary key); insert into app.t values (1);
    create schema other authorization fidelity_only_there;
    create table other.owned (id int); alter table other.owned owner to fidelity_only_there;
    create table other.granted (id int); grant select on other.granted to fidelity_only_there;
    create table public.column_granted (id int); grant select (id) on column_granted to fidelity_only_there;
    create table public.guarded (id int);
    create policy p on guarded to fidelity_only_there using (true);)");
  const auto rc = [&](std::vector<std::string> choice) {
    choice.insert(choice.begin(), {"copy", "--confirm", target.name(), source.uri(), target.uri()});
    const support::Haul run = support::haul(std::move(choice));
    const bool lacks_role = run.err.find("fidelity_only_there") != std::string::npos;
    EXPECT_EQ(run.exit_status == 3, lacks_role) << run.err;
    return run.exit_status;
  };
  EXPECT_EQ(rc({}), 3);
  EXPECT_EQ(rc({"-n", "other"}), 3);
  EXPECT_EQ(rc({"-t", "public.column_granted"}), 3);
  EXPECT_EQ(rc({"-t", "public.guarded"}), 3);
  EXPECT_EQ(rc({"-n", "app"}), 0);
  EXPECT_EQ(rc({"-N", "other", "-T", "public.*"}), 0);
  EXPECT_EQ(target.psql("select id from app.t"), "1");
}

}  // namespace
}  // namespace pghaul::fidelity
