#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fidelity/copy.h"
#include "fidelity/hostile_database.h"
#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"
#include "support/pghaul.h"
#include "support/versions.h"

namespace pghaul::fidelity {
namespace {

using Names = std::vector<std::string>;

Names differing(const support::Haul& run) {
  Names objects;
  for (const auto& mismatch : run.report["verification"]["mismatches"]) objects.push_back(mismatch["object"]);
  return objects;
}

/// Makes other definitions of three that a server words otherwise once they have been restored.
constexpr const char* kOtherMeanings = R"(
create or replace view music.event as select id, what, year, until from (
  select id, name as what, begin_year as year, end_year as until from music.artist
  union all select id, title, extract(year from issued)::smallint, 0::smallint from music.release) as q;
alter policy of_project on forge.token with check (scopes in ('api', 'write'));
alter table music.artist drop constraint artist_kind_check;
alter table music.artist add constraint artist_kind_check check (kind in ('person', 'group', 'orchestra', 'choir'));
)";
const Names kOthers = {"view music.event", "constraint artist_kind_check of music.artist",
                       "policy of_project of forge.token"};

TEST(RewordedDefinitions, AreNoDifferenceInEitherDirection) {
  prepare(support::shared_source());
  prepare(support::shared_target());
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  fill(source, "reworded");
  ASSERT_TRUE(copied(source, target));
  EXPECT_EQ(differences_once_restored(source, target, support::shared_target()), "");
  const support::Haul back = support::haul({"verify", target.uri(), source.uri()});
  EXPECT_EQ(back.exit_status, 0) << back.err;
  EXPECT_EQ(source.psql("select count(*) from pg_class where relname = 'pghaul_wording'"), "0");
}

TEST(RewordedDefinitions, AreADifferenceWhereTheyMeanSomethingElse) {
  prepare(support::shared_source());
  prepare(support::shared_target());
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  fill(source, "reworded");
  ASSERT_TRUE(copied(source, target));
  target.psql(kOtherMeanings);
  const support::Haul run = support::haul({"verify", source.uri(), target.uri()});
  EXPECT_EQ(run.exit_status, 6) << run.err;
  EXPECT_EQ(differing(run), kOthers);
}

/// Views, rules and bodies are compared between major versions too.
TEST(RewordedDefinitions, AreFoundBetweenMajorVersions) {
  const support::Version version = support::find_version(17);
  if (!version.missing.empty()) GTEST_SKIP() << version.missing;
  const support::Cluster newer({.bin_dir = version.server_bin});
  prepare(support::shared_source());
  prepare(newer);
  const support::Database source(support::shared_source());
  const support::Database target(newer);
  fill(source, "reworded");
  ASSERT_TRUE(copied(source, target));
  target.psql(kOtherMeanings);
  const support::Haul run = support::haul({"verify", source.uri(), target.uri()});
  EXPECT_EQ(run.exit_status, 6) << run.err;
  EXPECT_EQ(differing(run), kOthers);
}

/// A role that may make nothing temporary can't ask the target: what is worded otherwise counts as different,
/// but for casts and parentheses.
TEST(RewordedDefinitions, AreDifferencesWhereTheTargetCannotBeAsked) {
  if (support::needs_superuser()) GTEST_SKIP() << "needs a superuser: roles";
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  for (const support::Database* one : {&source, &target}) {
    one->psql(R"(
create table c (r int, k int, kind varchar check (kind in ('a', 'b')));
create view seen as select r, k from (select r, k from c union all select r, null from c) as q;
create role unprivileged_)" +
              one->name() + R"( login;
grant pg_read_all_data to unprivileged_)" +
              one->name() + R"(;
)");
  }
  target.psql(
      "drop view seen; alter table c drop constraint c_kind_check; alter table c add constraint c_kind_check "
      "check (kind::text = any (array['a'::varchar::text, 'b'::varchar::text])); create view seen as select "
      "r, k from (select r, k from c union all select r, null::int from c) as q;");
  EXPECT_EQ(support::haul({"verify", source.uri(), target.uri()}).exit_status, 0);
  target.psql("select format('revoke temporary on database %I from public', current_database()) \\gexec");
  std::string unprivileged = target.uri();
  unprivileged.replace(unprivileged.find("postgres@"), 8, "unprivileged_" + target.name());
  const support::Haul run = support::haul({"verify", source.uri(), unprivileged});
  EXPECT_EQ(run.exit_status, 6) << run.err;
  EXPECT_EQ(differing(run), Names{"view public.seen"});
  for (const support::Database* one : {&source, &target}) {
    one->psql("drop owned by unprivileged_" + one->name() + "; drop role unprivileged_" + one->name());
  }
}

}  // namespace
}  // namespace pghaul::fidelity
