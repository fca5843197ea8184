#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "fidelity/judge.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

using support::Database;
using support::Haul;

constexpr const char* kMoods = R"(
create type mood as enum ('sad', 'meh', 'ok', 'happy', 'very', 'calm', 'odd', 'wild', 'low', 'high', 'dull', 'mad');
create table e (m mood, v int) partition by hash (m);
create table e_0 partition of e for values with (modulus 3, remainder 0);
create table e_1 partition of e for values with (modulus 3, remainder 1);
create table e_2 (v int, m mood);
alter table e attach partition e_2 for values with (modulus 3, remainder 2);
insert into e select (enum_range(null::mood))[i % 12 + 1], i from generate_series(1, 600) i;
create table other (id int);
insert into other values (1);)";

/// Lists which labels are in which partition: their OIDs decide.
std::string spread(const Database& database) {
  return database.psql("select distinct tableoid::regclass, m from e order by 1, 2");
}

const nlohmann::json& table_of(const Haul& run, const std::string& name) {
  for (const nlohmann::json& table : run.report.at("tables")) {
    if (table.at("name") == name) return table;
  }
  throw std::out_of_range(name);
}

/// Partitions of the target hold other rows than those of the source.
class MovedRows : public testing::Test {
 protected:
  MovedRows() { source_.psql(kMoods); }
  [[nodiscard]] Haul haul(const char* verb) const {
    return support::haul({verb, source_.uri(), target_.uri()});
  }

  const Database source_{support::shared_source()};
  const Database target_{support::shared_target()};
};

TEST_F(MovedRows, AreCopiedAndComparedByWayOfTheParent) {
  const Haul copy = haul("copy");
  ASSERT_EQ(copy.exit_status, 0) << copy.err;
  EXPECT_EQ(differences(source_, target_), "");
  EXPECT_NE(spread(source_), spread(target_));  // by chance the same: once in 500,000 times
  for (const char* leaf : {"e_0", "e_1", "e_2"}) {
    const nlohmann::json& table = table_of(copy, leaf);
    EXPECT_EQ(table.value("tree", ""), "public.e");
    EXPECT_NE(table.value("tree_reason", ""), "");
    EXPECT_TRUE(table.at("verified"));
  }
  EXPECT_FALSE(table_of(copy, "other").contains("tree"));
  const Haul verify = haul("verify");
  EXPECT_EQ(verify.exit_status, 0) << verify.err;
}

TEST_F(MovedRows, ThatAreMissingAreFoundAndNamedByTheParent) {
  ASSERT_EQ(haul("copy").exit_status, 0);
  target_.psql("delete from e where v = 17");
  const Haul fewer = haul("verify");
  EXPECT_EQ(fewer.exit_status, 6) << fewer.err;
  EXPECT_NE(fewer.err.find("public.e: source has 600 rows, target 599"), std::string::npos) << fewer.err;
  target_.psql("insert into e values ('ok', 18)");
  const Haul changed = haul("verify");
  EXPECT_EQ(changed.exit_status, 6) << changed.err;
  EXPECT_NE(changed.err.find("public.e: both have 600 rows"), std::string::npos) << changed.err;
  EXPECT_FALSE(table_of(changed, "e_1").at("verified"));

  const Haul named = support::haul({"verify", "--rows", source_.uri(), target_.uri()});
  const nlohmann::json& rows = named.report.at("verification").at("different_rows");
  ASSERT_EQ(rows.size(), 1U) << rows;
  EXPECT_EQ(rows[0]["object"], "public.e");
  ASSERT_EQ(rows[0]["rows"].size(), 2U) << rows;
  for (const nlohmann::json& row : rows[0]["rows"]) {
    const bool missing = row["kind"] == "missing";
    EXPECT_EQ(row["columns"]["v"],
              missing ? nlohmann::json({{"source", "17"}}) : nlohmann::json({{"target", "18"}}));
  }
  const Haul sync = support::haul({"sync", "--confirm", target_.name(), source_.uri(), target_.uri()});
  EXPECT_EQ(sync.exit_status, 0) << sync.err;
  EXPECT_EQ(differences(source_, target_), "");
}

constexpr const char* kOfIcu =
    "encoding 'UTF8' locale_provider icu icu_locale 'en-US' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'";
constexpr const char* kOfC = "encoding 'UTF8' lc_collate 'C' lc_ctype 'C'";

TEST(MovedRowsOf, ARangeOfTextsGoWhereTheTargetSortsThem) {
  const Database source(support::shared_source(), kOfIcu);
  const Database target(support::shared_target(), kOfC);
  source.psql(R"(
    create table words (w text, n int) partition by range (w);
    create table words_low partition of words for values from (minvalue) to ('m');
    create table words_high partition of words for values from ('m') to (maxvalue);
    insert into words select w || i, i from unnest('{a,B,m,N,z,Z}'::text[]) w, generate_series(1, 50) i;
    create table folded (w text) partition by list (lower(w));
    create table folded_e partition of folded for values in ('é');
    create table folded_rest partition of folded default;
    insert into folded values ('É'), ('é'), ('x');)");
  const Haul copy = support::haul({"copy", source.uri(), target.uri()});
  ASSERT_EQ(copy.exit_status, 0) << copy.err;
  EXPECT_EQ(differences(source, target), "");
  EXPECT_EQ(target.psql("select count(*) from words_low where w ~ '^[NZ]'"), "100");
  EXPECT_EQ(target.psql("select count(*) from folded_e"), "1");
  EXPECT_EQ(support::haul({"verify", source.uri(), target.uri()}).exit_status, 0);
}

/// 'a' comes before 'B' in the source's order, and after it in the target's.
TEST(MovedRowsOf, RangesThatTheTargetsOrderTurnsRoundAreRefused) {
  const Database source(support::shared_source(), kOfIcu);
  const Database target(support::shared_target(), kOfC);
  source.psql(R"(
    create table words (w text, n int, check (w < 'zz')) partition by range (w, n);
    create table words_a partition of words for values from ('a', 0) to ('B', 0);
    create table words_b partition of words for values from ('B', 0) to ('m', 0);
    create table words_m partition of words for values from ('m', 0) to (maxvalue, maxvalue);)");
  const Haul planned = support::haul({"plan", source.uri(), target.uri()});
  EXPECT_EQ(planned.exit_status, 3) << planned.err;
  const std::string findings = planned.report["findings"].dump();
  EXPECT_NE(findings.find("partition public.words_a of public.words can't be made"), std::string::npos)
      << findings;
  EXPECT_EQ(findings.find("partition public.words_m"), std::string::npos) << findings;
  EXPECT_NE(findings.find("check words_w_check of public.words"), std::string::npos) << findings;
  EXPECT_EQ(target.psql("select count(*) from pg_class where relname ~ 'pghaul'"), "0");
}

}  // namespace
}  // namespace pghaul::fidelity
