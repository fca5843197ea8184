#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "server/two_databases.h"
#include "support/pghaul.h"

namespace pghaul {
namespace {

using nlohmann::json;

class VerifyRows : public TwoDatabases {
 protected:
  /// Runs the comparison, and returns what it says of the rows.
  json different_rows(const std::string& option = "--rows") const {
    const support::Haul run = support::haul({"verify", option, source.uri(), target.uri()});
    EXPECT_EQ(run.exit_status, 6) << run.err;
    return run.report["verification"]["different_rows"];
  }
};

TEST_F(VerifyRows, AreNamedByKeyWithBothValues) {
  fill_both(
      "create table t (id int primary key, name text, total numeric);"
      "insert into t select i, 'name ' || i, i from generate_series(1, 100) i;"
      "create table same (id int primary key); insert into same values (1)");
  source.psql("delete from t where id = 7; update t set name = null where id = 50");
  target.psql("delete from t where id = 9; update t set total = 1.5 where id = 50");
  const json tables = different_rows();
  ASSERT_EQ(tables.size(), 1U) << tables;
  EXPECT_EQ(tables[0], json::parse(R"({
    "object": "public.t", "missing": 1, "extra": 1, "changed": 1,
    "rows": [
      {"kind": "extra", "key": {"id": "7"},
       "columns": {"id": {"target": "7"}, "name": {"target": "name 7"}, "total": {"target": "7"}}},
      {"kind": "missing", "key": {"id": "9"},
       "columns": {"id": {"source": "9"}, "name": {"source": "name 9"}, "total": {"source": "9"}}},
      {"kind": "changed", "key": {"id": "50"},
       "columns": {"name": {"source": null, "target": "name 50"}, "total": {"source": "50", "target": "1.5"}}}]})"));
}

/// Large enough for buckets, by ranges of keys and by hashes.
TEST_F(VerifyRows, AreFoundInLargeTablesOfAllKindsOfKeys) {
  fill_both(
      "create table numbers (id bigint primary key, v text);"
      "create table pairs (a int, b timestamptz, v text, primary key (a, b));"
      "create table texts (v text, id text collate \"C\" primary key);"
      "create table sorted (v text, id text collate \"en-x-icu\" primary key);"
      "create table amounts (id numeric primary key, v text);"
      "create table keyless (a int, v text);"
      "create table as_text (id int primary key, v text, t regtype);"
      "insert into numbers select i - 40000, repeat('x', 200) from generate_series(1, 80000) i;"
      "insert into pairs select i % 7, '2020-01-01'::timestamptz + i * interval '1 hour', repeat('x', 200)"
      "  from generate_series(-40000, 40000) i;"
      "insert into texts select repeat('x', 200), 'key ' || i from generate_series(1, 80000) i;"
      "insert into sorted select repeat('x', 200), 'key ' || i from generate_series(1, 80000) i;"
      "insert into amounts select i / 10.0, repeat('x', 200) from generate_series(1, 80000) i;"
      "insert into keyless select i, repeat('x', 200) from generate_series(1, 80000) i;"
      "insert into as_text select i, repeat('x', 200), 'int' from generate_series(1, 80000) i");
  target.psql(
      "update numbers set v = 'other' where id in (-39999, -1, 0, 40000);"
      "delete from pairs where a = 3 and b = '2020-01-01'::timestamptz + 3 * interval '1 hour';"
      "update texts set v = 'other' where id = 'key 77';"
      "insert into sorted values ('new', 'KEY 5'); insert into amounts values (9000000.5, 'new');"
      "update amounts set v = 'other' where id = 3.3;"
      "delete from keyless where a in (5, 6); insert into keyless values (7, repeat('x', 200));"
      "update as_text set t = 'text' where id = 60000; delete from as_text where id = 1");
  json counts = json::object();
  for (const json& table : different_rows("--rows=3")) {
    EXPECT_LE(table["rows"].size(), 3U);
    counts[table["object"].get<std::string>()] = {table["missing"], table["extra"], table["changed"]};
  }
  EXPECT_EQ(counts, json::parse(R"({
    "public.numbers": [0, 0, 4], "public.pairs": [1, 0, 0], "public.texts": [0, 0, 1], "public.sorted": [0, 1, 0],
    "public.amounts": [0, 1, 1], "public.keyless": [2, 1, 0], "public.as_text": [1, 0, 1]})"));
}

TEST_F(VerifyRows, AreFoundInEachPartitionAndUnderNamesThatNeedQuotes) {
  fill_both(
      "create schema \"S p\"; create table \"S p\".\"t \"\"1\" (\"K y\" uuid primary key, \"v,\" int[]) ;"
      "insert into \"S p\".\"t \"\"1\" values ('00000000-0000-0000-0000-00000000000a', '{1,null}');"
      "create table p (id int primary key, v int) partition by range (id);"
      "create table p1 partition of p for values from (0) to (10);"
      "create table p2 partition of p for values from (10) to (20);"
      "insert into p select i, i from generate_series(0, 19) i");
  target.psql("update \"S p\".\"t \"\"1\" set \"v,\" = '{2}'; update p set v = 0 where id in (3, 15)");
  const json tables = different_rows();
  ASSERT_EQ(tables.size(), 3U) << tables;
  EXPECT_EQ(tables[0]["rows"][0]["columns"]["v,"], json({{"source", "{1,NULL}"}, {"target", "{2}"}}))
      << tables;
  EXPECT_EQ(tables[1]["object"], "public.p1");
  EXPECT_EQ(tables[2]["rows"][0]["key"], json({{"id", "15"}}));
}

TEST_F(VerifyRows, AreAllWrittenToAFileThatOnlyItsOwnerReads) {
  fill_both(
      "create table t (id int primary key, v text); insert into t select i, 'x' from generate_series(1, "
      "2000) i");
  target.psql("update t set v = 'é' where id > 500");
  const std::string file = testing::TempDir() + "rows-" + source.name() + ".ndjson";
  const support::Haul run = support::haul({"verify", "--rows-file", file, source.uri(), target.uri()});
  EXPECT_EQ(run.exit_status, 6) << run.err;
  EXPECT_EQ(run.report["verification"]["different_rows"][0]["rows"].size(), 10U);
  struct stat status {};
  ASSERT_EQ(stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  std::ifstream lines(file);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const json row = json::parse(line);
    ASSERT_EQ(row["object"], "public.t");
    ASSERT_EQ(row["columns"]["v"], json({{"source", "x"}, {"target", "é"}}));
  }
  EXPECT_EQ(count, 1500U);
  std::filesystem::remove(file);
}

TEST_F(VerifyRows, NameLargeObjectsByOidAndOffset) {
  fill_both("select lo_from_bytea(77, 'same'), lo_from_bytea(78, decode(repeat('61', 1200000), 'hex'))");
  source.psql("select lo_from_bytea(79, 'only here')");
  target.psql("select lo_put(78, 1100001, 'S'), lo_from_bytea(80, '')");
  const json tables = different_rows();
  ASSERT_EQ(tables.size(), 1U) << tables;
  EXPECT_EQ(tables[0]["missing"], 1);
  EXPECT_EQ(tables[0]["extra"], 1);
  EXPECT_EQ(tables[0]["rows"][0],
            json::parse(R"({"kind": "changed", "key": {"oid": "78", "offset": "1100001"},
    "columns": {"data": {"source": "\\x61616161616161616161616161616161",
                         "target": "\\x53616161616161616161616161616161"}}})"));
  EXPECT_EQ(tables[0]["rows"][1]["key"], json({{"oid", "79"}}));
}

/// Over links digests of ranges are taken on the far side, where nothing counts by bucket.
TEST_F(VerifyRows, AreTheSameOverLinks) {
  fill_both(
      "create table numbers (id bigint primary key, v text); create table bag (a int, t regtype);"
      "insert into numbers select i, repeat('x', 200) from generate_series(1, 50000) i;"
      "insert into bag select i % 50, 'int' from generate_series(1, 2000) i;"
      "select lo_from_bytea(77, decode(repeat('61', 1200000), 'hex'))");
  source.psql(
      "create type mine as enum ('a'); create table as_text (id int primary key, t regtype);"
      "insert into as_text values (1, 'mine'), (2, 'int')");
  target.psql(
      "create table other (); create type mine as enum ('a');"  // so its OID is another one
      "drop table other; create table as_text (id int primary key, t regtype);"
      "insert into as_text values (1, 'mine'), (2, 'text')");
  target.psql(
      "update numbers set v = 'other' where id in (1, 25000); delete from numbers where id = 50000;"
      "delete from bag where ctid = (select min(ctid) from bag); select lo_put(77, 1100001, 'S')");
  json direct = different_rows();
  ASSERT_EQ(direct.size(), 4U) << direct;
  EXPECT_EQ(direct[0]["changed"], 1) << direct;  // of as_text: no OID makes a difference
  for (const std::vector<std::string>& via :
       {std::vector<std::string>{"--source-via", PGHAUL_COMMAND, "--target-via", PGHAUL_COMMAND},
        std::vector<std::string>{"--target-via", PGHAUL_COMMAND}}) {
    std::vector<std::string> command{"verify", "--rows", source.uri(), target.uri()};
    command.insert(command.begin() + 2, via.begin(), via.end());
    const support::Haul run = support::haul(command);
    EXPECT_EQ(run.exit_status, 6) << run.err;
    EXPECT_EQ(run.report["verification"]["different_rows"], direct);
  }
}

TEST_F(VerifyRows, AreNotAskedOfWhatIsOnlyCounted) {
  EXPECT_EQ(support::haul({"verify", "--rows", "--verify", "counts", source.uri(), target.uri()}).exit_status,
            2);
  EXPECT_EQ(support::haul({"verify", "--rows", "archive:/tmp/none", target.uri()}).exit_status, 2);
}

}  // namespace
}  // namespace pghaul
