#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"

namespace pghaul::fidelity {
namespace {

using support::Database;
using support::Haul;

constexpr const char* kLatin1 = "encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'";

/// Names that fit in LATIN1, and not in UTF8.
class LongNames : public testing::Test {
 protected:
  [[nodiscard]] Haul copy(std::vector<std::string> options = {}) const {
    std::vector<std::string> arguments = {"copy", source_.uri(), target_.uri()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return support::haul(arguments);
  }
  void expect_refused(const std::string& named) const {
    const Haul run = copy();
    EXPECT_EQ(run.exit_status, 3) << run.err;
    EXPECT_NE(run.err.find(named), std::string::npos) << run.err;
    EXPECT_EQ(target_.psql("select count(*) from pg_namespace where nspname ~ 'pghaul'"), "0");
  }

  const Database source_{support::shared_source(), kLatin1};
  const Database target_{support::shared_target(), "encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"};
};

TEST_F(LongNames, ThatWouldBeCutAreRefused) {
  source_.psql(R"(
    set client_encoding = utf8;
    create table plain (i int);
    select format('create table %I (i int)', repeat('é', 32)) \gexec)");
  expect_refused("table public.\"éééé");
  EXPECT_EQ(copy({"-t", "plain"}).exit_status, 0);
}

TEST_F(LongNames, ThatWouldBecomeOneAreBothNamed) {
  source_.psql(R"(
    set client_encoding = utf8;
    create schema s;
    select format('create function s.%I() returns int language sql as ''select 1''', repeat('ü', 40) || x)
    from unnest('{a,b}'::text[]) x \gexec)");
  expect_refused("üüa");
  expect_refused("üüb");
}

TEST_F(LongNames, OfColumnsCount) {
  source_.psql(R"(
    set client_encoding = utf8;
    select format('create table t (%I int)', repeat('ö', 60)) \gexec)");
  expect_refused("column öö");
}

TEST_F(LongNames, WithCharactersThatTheTargetLacksAreRefused) {
  const Database wide(support::shared_source(), "encoding 'UTF8' lc_collate 'C' lc_ctype 'C'");
  const Database narrow(support::shared_target(), kLatin1);
  wide.psql(R"(set client_encoding = utf8; create table "größe" ("ключ" int); create table plain (i int))");
  const Haul run = support::haul({"copy", wide.uri(), narrow.uri()});
  EXPECT_EQ(run.exit_status, 3) << run.err;
  EXPECT_NE(run.err.find("lacks characters of these names: column ключ"), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("größe"), std::string::npos) << run.err;
  EXPECT_EQ(support::haul({"copy", "-t", "plain", wide.uri(), narrow.uri()}).exit_status, 0);
}

/// Keys that an index takes in one encoding and not in another, where their characters have more bytes.
TEST_F(LongNames, AreNotAllThatGrows) {
  source_.psql(R"(
    set client_encoding = utf8;
    create table t (v text, w varchar(100), u text); create index grows on t (v); create index on t (w);
    create index stays on t (u);
    insert into t select string_agg(chr(160 + (i * 7919 % 95)), ''), 'é', 'short' from generate_series(1, 1800) i)");
  const Haul planned = support::haul({"plan", source_.uri(), target_.uri()});
  EXPECT_EQ(planned.exit_status, 0) << planned.err;
  const std::string findings = planned.report["findings"].dump();
  EXPECT_NE(findings.find("index public.grows has column v of public.t"), std::string::npos) << findings;
  EXPECT_EQ(findings.find("stays"), std::string::npos) << findings;
  EXPECT_EQ(findings.find("column w"), std::string::npos) << findings;
}

TEST_F(LongNames, ThatFitAreCopied) {
  source_.psql(R"(
    set client_encoding = utf8;
    select format('create table %I (i int)', repeat('é', 31)) \gexec)");
  const Haul run = copy();
  EXPECT_EQ(run.exit_status, 0) << run.err;
}

}  // namespace
}  // namespace pghaul::fidelity
