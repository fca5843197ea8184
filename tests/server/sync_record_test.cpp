#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul {
namespace {

using nlohmann::json;

/// A source whose commits are durable, as a record asks for, and a copy of it with a record.
class KeptRecord : public testing::Test {
 protected:
  void copy(const std::string& sql) const {
    source.psql(sql);
    const support::Haul run = support::haul({"copy", "--keep-record", source.uri(), target.uri()});
    ASSERT_EQ(run.exit_status, 0) << run.err;
  }
  support::Haul sync(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> command{"sync", "--confirm", target.name(), source.uri(), target.uri()};
    command.insert(command.begin() + 1, options.begin(), options.end());
    support::Haul run = support::haul(command);
    EXPECT_EQ(run.exit_status, 0) << run.err;
    EXPECT_EQ(run.report["status"], "verified");
    return run;
  }
  /// Returns why a table, or all, were compared in full; empty: the record told.
  static std::string reason(const support::Haul& run, const std::string& object) {
    for (const json& one : run.report["sync"].value("in_full", json::array())) {
      if (one["object"] == object) return one["message"];
    }
    return {};
  }
  static json written(const support::Haul& run, const std::string& object) {
    for (const json& one : run.report["sync"]["tables"]) {
      if (one["object"] == object) return {one["inserted"], one["updated"], one["deleted"]};
    }
    return nullptr;
  }
  void expect_same(const std::string& query) const {
    EXPECT_EQ(source.psql(query), target.psql(query)) << query;
  }

  support::Cluster source_server{{.settings = {{"fsync", "on"}}}};
  const support::Database source{source_server};
  support::Cluster target_server;  // transactions of other tests would be those of the record
  const support::Database target{target_server};
};

TEST_F(KeptRecord, TellsWhatHasChanged) {
  copy(R"(
    create table t (id int primary key, code text collate "C" unique, v text);
    insert into t select i, 'code ' || i, 'x' from generate_series(1, 100000) i;
    create table same (id int primary key, v text); insert into same select i from generate_series(1, 100) i;
    create table bag (v int); insert into bag values (1);
    create table computed (id int primary key, twice int generated always as (id * 2) stored);
    create table p (id int primary key) partition by range (id);
    create table p1 partition of p for values from (0) to (10); create table p2 partition of p for values from (10) to (20);
    insert into p select generate_series(0, 19); insert into computed values (1);
    create table named (name text collate "C" primary key, v text); insert into named select 'n ' || i, 'x' from generate_series(1, 100000) i;
    create table small (id smallint primary key); insert into small select generate_series(-32768, 32767);
    create table wide (id bigint primary key); insert into wide values (-9223372036854775808), (0), (9223372036854775807);
    create table kinds (id int primary key, k regclass); insert into kinds values (1, 't'))");
  const support::Haul nothing = sync({"--keep-record"});
  EXPECT_EQ(nothing.report["sync"]["by_record"], true);
  EXPECT_EQ(nothing.report["sync"]["unchanged"], 9) << nothing.report["sync"];
  EXPECT_TRUE(nothing.report["sync"]["tables"].empty());
  EXPECT_NE(reason(nothing, "public.kinds"), "");

  source.psql(R"(
    update t set v = 'new' where id <= 5; delete from t where id in (70000, 100000);
    insert into t values (200000, 'code 70000', 'took a code over'); insert into bag values (2);
    delete from named where name in ('n 70000', 'n 9'); update named set v = 'new' where name = 'n 5';
    delete from small where id in (-32768, -1, 0, 64, 32767); delete from wide where id < 0;
    insert into computed values (2); update computed set id = 3 where id = 1;
    update p set id = 5 where false; delete from p where id = 12; update p set id = 12 where id = 3)");
  const support::Haul forecast =
      support::haul({"estimate", "--sync", "--budget", "20", source.uri(), target.uri()});
  EXPECT_EQ(forecast.exit_status, 0) << forecast.err;
  const json& expected = forecast.report["estimate"]["sync"];
  EXPECT_EQ(expected["by_record"], true) << expected;
  EXPECT_EQ(expected["tables"][0]["object"], "public.t") << expected;
  EXPECT_GE(expected["tables"][0]["written"], 6) << expected;
  const support::Haul planned = support::haul({"sync", "--plan", source.uri(), target.uri()});
  EXPECT_EQ(written(planned, "public.t"), json({1, 5, 2})) << planned.err;
  EXPECT_EQ(target.psql("select count(*) from t"), "100000");
  const support::Haul few = sync({"--keep-record"});  // the vanished ones are found by counts of ranges
  EXPECT_EQ(written(few, "public.t"), json({1, 5, 2})) << few.report["sync"];
  EXPECT_EQ(written(few, "public.named"), json({0, 1, 2})) << few.report["sync"];
  EXPECT_EQ(written(few, "public.small"), json({0, 0, 5})) << few.report["sync"];
  EXPECT_EQ(written(few, "public.wide"), json({0, 0, 1})) << few.report["sync"];
  EXPECT_EQ(written(few, "public.computed"), json({2, 0, 1})) << few.report["sync"];
  EXPECT_NE(reason(few, "public.bag"), "");
  EXPECT_EQ(few.report["sync"]["unchanged"], 1);
  source.psql(
      "delete from t where id % 100 = 7; delete from t where id > 150000;"
      "delete from named where name like '%7'; delete from small where id % 3 = 0; delete from wide where id "
      "> 0");
  const support::Haul many = sync();  // by all keys
  EXPECT_EQ(written(many, "public.t"), json({0, 0, 1001})) << many.report["sync"];
  EXPECT_EQ(written(many, "public.named"), json({0, 0, 10000})) << many.report["sync"];
  for (const char* query :
       {"select * from t order by id", "select * from bag order by v", "select * from named order by name",
        "select * from small order by id", "select * from wide order by id",
        "select * from computed order by id", "select tableoid::regclass, * from p order by id"})
    expect_same(query);
  EXPECT_EQ(support::haul({"verify", source.uri(), target.uri()}).exit_status, 0);
}

TEST_F(KeptRecord, IsRenewedOnceWritesMayResume) {
  copy("create table t (id int primary key); insert into t values (1)");
  source.psql("insert into t values (2)");
  const support::ProcessResult run =
      support::run_command({PGHAUL_COMMAND, "sync", "--keep-record", "--progress", "none", "--events", "-",
                            "--confirm", target.name(), source.uri(), target.uri()});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  const std::size_t opened = run.out.find(R"("name":"verified","open":true)");
  ASSERT_NE(opened, std::string::npos) << run.out;
  EXPECT_NE(run.out.find(R"("phase":"record")", opened), std::string::npos) << run.out;
  EXPECT_EQ(run.out.rfind(R"("phase":"record")", opened), std::string::npos) << run.out;
  EXPECT_EQ(sync().report["sync"]["unchanged"], 1);
}

TEST_F(KeptRecord, IsNotUsedWhereItMayNotHold) {
  copy(R"(
    create type mood as enum ('sad', 'ok'); create table moods (id int primary key, m mood);
    insert into moods values (1, 'sad'); create table t (id int primary key, v numeric(5, 2));
    insert into t values (1, 1); create table u (id int primary key); insert into u values (1))");
  for (const support::Database* database : {&source, &target})
    database->psql("alter type mood rename value 'sad' to 'low'; alter table t alter v type numeric(10, 2)");
  target.psql("insert into u values (2)");
  const support::Haul altered = sync();
  EXPECT_NE(reason(altered, "public.moods").find("altered"), std::string::npos) << altered.report["sync"];
  EXPECT_NE(reason(altered, "public.t").find("altered"), std::string::npos);
  EXPECT_NE(reason(altered, "public.u").find("written to on the target"), std::string::npos);
  EXPECT_EQ(target.psql("select count(*) from u"), "1");

  sync({"--keep-record"});
  source_server.restart();
  const support::Haul restarted = sync();
  EXPECT_NE(reason(restarted, "all tables").find("--source-only-restarted"), std::string::npos);
  EXPECT_EQ(restarted.report["sync"]["by_record"], false);
  const support::Haul believed = sync({"--source-only-restarted"});
  EXPECT_EQ(believed.report["sync"]["unchanged"], 3) << believed.report["sync"];
}

TEST_F(KeptRecord, IsNotUsedForAnotherDatabaseOrAnEarlierStateOfThisOne) {
  const std::string table = "create table t (id int primary key); insert into t values (1)";
  copy(table);
  const support::Database elsewhere(support::shared_source());
  elsewhere.psql(table);
  const support::Database twin(source_server, "template " + source.name());
  for (const auto& [from, why] : {std::pair{&elsewhere, "another server"}, {&twin, "another database"}}) {
    const support::Haul run = support::haul({"sync", "--confirm", target.name(), from->uri(), target.uri()});
    EXPECT_EQ(run.exit_status, 0) << run.err;
    EXPECT_NE(reason(run, "all tables").find(why), std::string::npos) << run.report["sync"];
  }

  source_server.stop_immediate();
  const std::filesystem::path data = source_server.folder() + "/data";
  const std::filesystem::path backup = source_server.folder() + "/backup";
  ASSERT_EQ(support::run_command({"cp", "-a", data, backup}).exit_status, 0);
  source_server.restart();
  source.psql("insert into t values (2)");
  EXPECT_EQ(sync({"--keep-record", "--source-only-restarted"}).report["sync"]["by_record"], true);
  source_server.stop_immediate();
  std::filesystem::remove_all(data);
  std::filesystem::rename(backup, data);
  source_server.restart();
  EXPECT_NE(reason(sync(), "all tables").find("earlier state"), std::string::npos);
  EXPECT_EQ(target.psql("select count(*) from t"), "1");
}

TEST_F(KeptRecord, IsNotAskedOfOtherStorageNorOfColumnsAlone) {
  copy(
      "create access method other type table handler heap_tableam_handler;"
      "create table stored (id int primary key) using other; insert into stored values (1);"
      "create table seen (id int primary key, v text); insert into seen values (1, 'x')");
  const std::string role = "reader_of_" + source.name();
  source.psql("create role " + role + " login; grant select on stored to " + role +
              "; grant select (id, v) on seen to " + role + "; insert into stored values (2)");
  const support::Haul refused = support::haul(
      {"sync", "--confirm", target.name(), source_server.uri(source.name(), role), target.uri()});
  EXPECT_EQ(refused.exit_status, 3);
  EXPECT_NE(refused.err.find("SELECT on some of its columns only"), std::string::npos) << refused.err;
  source.psql("drop owned by " + role + "; drop role " + role);
  const support::Haul run = sync();
  EXPECT_EQ(reason(run, "public.stored"), "it has another access method than heap") << run.report["sync"];
  EXPECT_EQ(run.report["sync"]["unchanged"], 1);
  expect_same("select * from stored order by id");
}

/// Commits asynchronously, so that a crash takes back what is not on the disk.
TEST(KeptRecordOf, ASourceThatCrashesIsKeptOnceItsCommitsAreDurable) {
  support::Cluster source_server(
      {.settings = {{"fsync", "on"}, {"synchronous_commit", "off"}, {"wal_writer_delay", "2s"}}});
  const support::Database source(source_server);
  const support::Database target(support::shared_target());
  source.psql("create table t (id int primary key); checkpoint");
  source.psql("insert into t select generate_series(1, 100)");
  ASSERT_EQ(support::haul({"copy", "--keep-record", source.uri(), target.uri()}).exit_status, 0);
  source_server.stop_immediate();
  source_server.restart();
  EXPECT_EQ(source.psql("select count(*) from t"), "100");
}

TEST(KeptRecordOf, ASourceThatMayLoseCommitsIsNotUsed) {
  const support::Database source(support::shared_source());
  const support::Database target(support::shared_target());
  source.psql("create table t (id int primary key); insert into t values (1)");
  ASSERT_EQ(support::haul({"copy", "--keep-record", source.uri(), target.uri()}).exit_status, 0);
  source.psql("insert into t values (2)");
  const support::Haul sync = support::haul({"sync", "--confirm", target.name(), source.uri(), target.uri()});
  EXPECT_EQ(sync.exit_status, 0) << sync.err;
  EXPECT_NE(sync.report["sync"]["in_full"][0]["message"].dump().find("fsync"), std::string::npos);
  EXPECT_EQ(target.psql("select count(*) from t"), "2");
  EXPECT_EQ(
      support::haul({"copy", "--keep-record", "--where", "t=true", source.uri(), target.uri()}).exit_status,
      2);
}

}  // namespace
}  // namespace pghaul
