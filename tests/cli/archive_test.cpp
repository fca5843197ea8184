#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using support::Haul;
using support::haul;

constexpr const char* kShop =
    "create table customers (id bigint primary key, name text);"
    "insert into customers select i, 'customer ' || i from generate_series(1, 20000) i;"
    "create table orders (id bigint primary key, customer bigint references customers);"
    "insert into orders select i, 1 + i % 1000 from generate_series(1, 30000) i;"
    "create index on orders (customer);"
    "create sequence tickets; select setval('tickets', 77);"
    "select lo_from_bytea(4711, 'scan'); comment on large object 4711 is 'a scan'";

/// A small shop on one server, an empty database on the other, and room for an archive.
class Archive : public testing::Test {
 protected:
  Archive() : source_(support::shared_source()), target_(support::shared_target()) {
    source_.psql(kShop);
    std::string name = fs::temp_directory_path() / "pghaul-archive-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~Archive() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return folder_ + "/shop"; }
  [[nodiscard]] std::string archive() const { return "archive:" + path(); }
  [[nodiscard]] Haul store(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), "copy");
    options.insert(options.end(), {source_.uri(), archive()});
    return haul(options);
  }
  [[nodiscard]] Haul restore() const { return haul({"copy", archive(), target_.uri()}); }
  [[nodiscard]] Haul check() const { return haul({"verify", archive()}); }
  [[nodiscard]] std::string rows_file(const std::string& table) const {
    for (const fs::directory_entry& file : fs::directory_iterator(path() + "/data")) {
      if (file.path().filename().string().find("-public." + table + ".") != std::string::npos)
        return file.path();
    }
    return {};
  }
  [[nodiscard]] json manifest() const { return json::parse(std::ifstream(path() + "/manifest.json")); }
  void write_manifest(const json& manifest) const { std::ofstream(path() + "/manifest.json") << manifest; }

  support::Database source_;
  support::Database target_;
  std::string folder_;
};

void flip_bit(const std::string& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto middle = static_cast<std::streamoff>(fs::file_size(file) / 2);
  stream.seekg(middle);
  const char byte = static_cast<char>(stream.get() ^ 0x10);
  stream.seekp(middle);
  stream.put(byte);
}

void make_unfinished(const std::string& path, const std::string& journal) {
  fs::remove(path + "/manifest.json");
  std::ofstream(path + "/journal.jsonl") << journal;
}

TEST_F(Archive, RestoresTheDatabaseItWasWrittenFrom) {
  const Haul stored = store();
  ASSERT_EQ(stored.exit_status, 0) << stored.err;
  EXPECT_EQ(stored.report["status"], "verified");
  const Haul restored = restore();
  ASSERT_EQ(restored.exit_status, 0) << restored.err;
  EXPECT_EQ(restored.report["status"], "verified");
  const Haul compared = haul({"verify", source_.uri(), target_.uri()});
  EXPECT_EQ(compared.exit_status, 0) << compared.err;
  EXPECT_EQ(target_.psql("select nextval('tickets'), lo_get(4711), obj_description(4711, 'pg_largeobject')"),
            "78|\\x7363616e|a scan");
}

TEST_F(Archive, IsClosedToOthers) {
  ASSERT_EQ(store().exit_status, 0);
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_all);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path())) {
    EXPECT_EQ(entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);
  }
}

TEST_F(Archive, HasItsRestoreForetoldFromItsFirstRows) {
  source_.psql(
      "create type hours as range (subtype = time);"
      "create table shifts (id int, open hours);"
      "insert into shifts select i, hours('08:00', '16:30') from generate_series(1, 20000) i; analyze");
  ASSERT_EQ(store({"--no-large-objects"}).exit_status, 0);
  target_.psql("create table precious (id int)");
  const Haul done = haul({"estimate", archive(), target_.uri()}, {{"XDG_STATE_HOME", "/nonexistent"}});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  const json& estimate = done.report["estimate"];
  EXPECT_EQ(estimate["measured"], true);
  EXPECT_EQ(estimate["sampled_tables"], 2) << "the third has a type that only the source knows";
  ASSERT_EQ(estimate["notes"].size(), 1U) << estimate["notes"];
  EXPECT_NE(estimate["notes"][0].get<std::string>().find("public.shifts were not sampled"),
            std::string::npos);
  EXPECT_GT(estimate["seconds"], 0);
  EXPECT_GT(estimate["stream_bytes"], 0);
  EXPECT_FALSE(estimate.contains("source_round_trip"));
  EXPECT_EQ(target_.psql("select count(*) from pg_namespace where nspname = 'pghaul_scratch'"), "0");
  EXPECT_EQ(target_.psql("select relname from pg_class where relkind = 'r' and relnamespace = "
                         "'public'::regnamespace"),
            "precious");

  const Haul shipped = haul({"estimate", archive()}, {{"XDG_STATE_HOME", "/nonexistent"}});
  ASSERT_EQ(shipped.exit_status, 0) << shipped.err;
  EXPECT_EQ(shipped.report["estimate"]["measured"], false);
}

TEST_F(Archive, IsForetoldBeforeItIsWritten) {
  source_.psql(
      "insert into customers select i, md5(i::text) || repeat('words ', i % 9) from generate_series(20001, "
      "200000) i;"
      "analyze");
  const Haul done = haul({"estimate", source_.uri(), archive()});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(done.report["status"], "estimated");
  const json& estimate = done.report["estimate"];
  EXPECT_EQ(estimate["measured"], true);
  EXPECT_EQ(estimate["sampled_tables"], 2);
  EXPECT_TRUE(estimate["notes"].empty()) << estimate["notes"];
  EXPECT_GT(estimate["seconds"], 0);
  EXPECT_LE(estimate["low"], estimate["seconds"]);
  EXPECT_GE(estimate["high"], estimate["seconds"]);
  EXPECT_FALSE(estimate.contains("hosted_rule_seconds"));
  EXPECT_EQ(estimate["archive"]["fits"], true);
  EXPECT_GT(estimate["archive"]["free_bytes"], 0);
  EXPECT_TRUE(fs::is_empty(folder_)) << "something is left behind";

  ASSERT_EQ(store().exit_status, 0);
  double bytes = 0;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(path())) {
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  }
  EXPECT_NEAR(estimate["archive"]["bytes"].get<double>(), bytes, 0.2 * bytes);
}

TEST_F(Archive, IsForetoldAlsoAtALevelAndGrown) {
  const json once = haul({"estimate", "--compress", "none", source_.uri(), archive()}).report["estimate"];
  const json twice =
      haul({"estimate", "--compress", "none", "--grow", "100%", source_.uri(), archive()}).report["estimate"];
  const json packed = haul({"estimate", "--compress", "9", source_.uri(), archive()}).report["estimate"];
  EXPECT_GT(twice["archive"]["bytes"], once["archive"]["bytes"]);
  EXPECT_LT(packed["archive"]["bytes"], once["archive"]["bytes"]);
}

TEST_F(Archive, ThatWillNotFitIsAWarning) {
  const Haul done = haul({"estimate", "--grow", "90000%", source_.uri(), "archive:/dev/shm/shop"});
  const json& archive = done.report["estimate"]["archive"];
  ASSERT_EQ(done.exit_status, 0) << done.err;
  if (archive["fits"] == true) GTEST_SKIP() << "/dev/shm has " << archive["free_bytes"] << " bytes free";
  ASSERT_EQ(done.report["findings"].size(), 1U);
  EXPECT_EQ(done.report["findings"][0]["code"], "archive_room");
  EXPECT_EQ(done.report["findings"][0]["severity"], "warning");
}

TEST_F(Archive, IsForetoldAsFarAsCanBeWhereNothingMayBeWritten) {
  const Haul done = haul({"estimate", source_.uri(), "archive:/proc/shop"});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  ASSERT_EQ(done.report["estimate"]["notes"].size(), 1U);
  EXPECT_NE(done.report["estimate"]["notes"][0].get<std::string>().find("/proc"), std::string::npos);
}

TEST_F(Archive, CanBeVerifiedAlone) {
  ASSERT_EQ(store().exit_status, 0);
  const Haul checked = check();
  EXPECT_EQ(checked.exit_status, 0) << checked.err;
  EXPECT_EQ(checked.report["status"], "verified");
}

TEST_F(Archive, WithAFlippedBitIsAnErrorThatNamesTheFrame) {
  ASSERT_EQ(store().exit_status, 0);
  flip_bit(rows_file("orders"));
  for (const Haul& done : {check(), restore()}) {
    EXPECT_NE(done.exit_status, 0);
    EXPECT_NE(done.err.find("frame 0 of "), std::string::npos) << done.err;
    EXPECT_NE(done.err.find("public.orders"), std::string::npos) << done.err;
  }
  EXPECT_EQ(check().exit_status, 6);
}

TEST_F(Archive, WithACutOffFileIsRefused) {
  ASSERT_EQ(store().exit_status, 0);
  fs::resize_file(rows_file("orders"), fs::file_size(rows_file("orders")) - 48);
  EXPECT_NE(check().err.find("bytes instead of"), std::string::npos);
}

TEST_F(Archive, WithFilesOfAnotherArchiveIsRefused) {
  ASSERT_EQ(store().exit_status, 0);
  json manifest = this->manifest();
  for (json& table : manifest["tables"]) table["files"][0]["digest"] = std::string(32, '0');
  write_manifest(manifest);
  for (const Haul& done : {check(), restore()}) {
    EXPECT_NE(done.exit_status, 0);
    EXPECT_NE(done.err.find("other rows than the archive's manifest lists"), std::string::npos) << done.err;
  }
}

TEST_F(Archive, ThatNamesFilesOutsideOfItIsRefused) {
  ASSERT_EQ(store().exit_status, 0);
  json manifest = this->manifest();
  manifest["schema"]["file"] = "../../etc/passwd";
  write_manifest(manifest);
  const Haul done = restore();
  EXPECT_NE(done.exit_status, 0);
  EXPECT_NE(done.err.find("not a valid file name"), std::string::npos) << done.err;
}

TEST_F(Archive, TellsAChangedTargetFromIt) {
  ASSERT_EQ(store().exit_status, 0);
  ASSERT_EQ(restore().exit_status, 0);
  EXPECT_EQ(haul({"verify", archive(), target_.uri()}).exit_status, 0);
  target_.psql("update customers set name = 'nobody' where id = 7");
  const Haul changed = haul({"verify", archive(), target_.uri()});
  EXPECT_EQ(changed.exit_status, 6);
  EXPECT_NE(changed.err.find("public.customers"), std::string::npos) << changed.err;
}

TEST_F(Archive, IsNotWrittenOver) {
  ASSERT_EQ(store().exit_status, 0);
  const Haul again = store();
  EXPECT_EQ(again.exit_status, 3);
  EXPECT_NE(again.err.find("holds an archive already"), std::string::npos) << again.err;
  EXPECT_EQ(check().exit_status, 0);
}

TEST_F(Archive, IsNotWrittenIntoAFolderThatHoldsSomethingElse) {
  fs::create_directory(path());
  std::ofstream(path() + "/precious") << "precious";
  const Haul done = store();
  EXPECT_EQ(done.exit_status, 3);
  EXPECT_NE(done.err.find("is not empty"), std::string::npos) << done.err;
  EXPECT_TRUE(fs::exists(path() + "/precious"));
}

TEST_F(Archive, ThatIsUnfinishedIsRefusedAsASource) {
  ASSERT_EQ(store().exit_status, 0);
  make_unfinished(path(), "");
  for (const Haul& done : {check(), restore()}) {
    EXPECT_EQ(done.exit_status, 3);
    EXPECT_NE(done.err.find("is not finished"), std::string::npos) << done.err;
  }
  EXPECT_EQ(store().exit_status, 3);  // not without --resume
}

TEST_F(Archive, IsStartedAnewWhenItsJournalWasHardlyBegun) {
  fs::create_directory(path());
  make_unfinished(path(), "{\"kind\"");
  const Haul stored = store();
  EXPECT_EQ(stored.exit_status, 0) << stored.err;
}

/// Begins an archive, and kills pghaul when a first file has been recorded.
void kill_half_way(const std::string& source, const std::string& archive, const std::string& path) {
  support::Process process({PGHAUL_COMMAND, "copy", "-j", "1", "--progress", "none", source, archive});
  for (;;) {
    std::ifstream journal(path + "/journal.jsonl");
    std::stringstream content;
    content << journal.rdbuf();
    if (std::ranges::count(content.str(), '\n') > 1 || fs::exists(path + "/manifest.json")) break;
  }
  process.send(SIGKILL);
  (void)process.wait();
}

TEST_F(Archive, GoesOnAfterAKill) {
  source_.psql(
      "create table big as select i, repeat(md5(i::text), 20) as t from generate_series(1, 60000) i");
  kill_half_way(source_.uri(), archive(), path());
  if (fs::exists(path() + "/manifest.json")) GTEST_SKIP() << "it was faster than the kill";
  const Haul resumed = store({"--resume"});
  ASSERT_EQ(resumed.exit_status, 0) << resumed.err;
  EXPECT_EQ(check().exit_status, 0);
  ASSERT_EQ(restore().exit_status, 0);
  EXPECT_EQ(haul({"verify", source_.uri(), target_.uri()}).exit_status, 0);
}

TEST_F(Archive, DoesNotGoOnWhenTheSourceHasChanged) {
  source_.psql(
      "create table big as select i, repeat(md5(i::text), 20) as t from generate_series(1, 60000) i");
  kill_half_way(source_.uri(), archive(), path());
  if (fs::exists(path() + "/manifest.json")) GTEST_SKIP() << "it was faster than the kill";
  source_.psql(
      "update big set t = '' where i = 1; update customers set name = '' where id = 1;"
      "update orders set customer = 5 where id = 1");
  const Haul resumed = store({"--resume"});
  EXPECT_NE(resumed.exit_status, 0);
  EXPECT_NE(resumed.err.find("was written to"), std::string::npos) << resumed.err;
  const Haul anew = store({"--resume", "--new-snapshot"});
  ASSERT_EQ(anew.exit_status, 0) << anew.err;
  EXPECT_EQ(check().exit_status, 0);
}

TEST_F(Archive, OfNothingCompressedIsWholeToo) {
  ASSERT_EQ(store({"--compress", "none"}).exit_status, 0);
  EXPECT_EQ(check().exit_status, 0);
  EXPECT_EQ(restore().exit_status, 0);
}

TEST_F(Archive, IsPlannedWithoutTouchingAnything) {
  EXPECT_EQ(haul({"plan", source_.uri(), archive()}).exit_status, 0);
  EXPECT_FALSE(fs::exists(path()));
  ASSERT_EQ(store().exit_status, 0);
  const Haul planned = haul({"plan", archive(), target_.uri()});
  EXPECT_EQ(planned.exit_status, 0) << planned.err;
  EXPECT_EQ(planned.report["tables"].size(), 2U);
}

/// A copy with these options from the server itself, and one from an archive of all of it, give the same.
TEST_F(Archive, IsRestoredInPartAsAServerIsCopied) {
  source_.psql(
      "create schema app; create type app.state as enum ('new'); create table app.tasks (id serial primary "
      "key,"
      " state app.state); insert into app.tasks (state) select 'new' from generate_series(1, 100);"
      "create view app.open as select * from app.tasks; create function app.f() returns int language sql as "
      "'select 1';"
      "create function public.told() returns trigger language plpgsql as 'begin return new; end'");
  ASSERT_EQ(store().exit_status, 0);
  const std::string held =
      "select string_agg(kind || name, ' ' order by kind, name) from ("
      " select relkind::text, relname from pg_class where relnamespace in (select oid from "
      "  pg_namespace where nspname in ('app', 'public'))"
      " union all select 'f', proname from pg_proc where pronamespace in (select oid from "
      "  pg_namespace where nspname in ('app', 'public'))"
      " union all select 'c', conname from pg_constraint where connamespace >= 2200"
      " union all select 'n', nspname from pg_namespace where nspname = 'app') t(kind, name)";
  using Options = std::vector<std::string>;
  for (const Options& choice :
       {Options{"-t", "orders"}, Options{"-t", "public.*ers"}, Options{"-n", "app"}, Options{"-n", "public"},
        Options{"-N", "app"}, Options{"-T", "public.cust*"}, Options{"-n", "app", "-T", "app.open"}}) {
    const auto copy = [&](const std::string& from, const support::Database& to) {
      Options arguments = {"copy", "--confirm", to.name()};
      arguments.insert(arguments.end(), choice.begin(), choice.end());
      arguments.insert(arguments.end(), {from, to.uri()});
      return haul(arguments);
    };
    const support::Database direct(support::shared_target());
    const Haul copied = copy(source_.uri(), direct);
    const Haul restored = copy(archive(), target_);
    ASSERT_EQ(copied.exit_status, 0) << copied.err;
    ASSERT_EQ(restored.exit_status, 0) << restored.err;
    EXPECT_EQ(restored.report["status"], "verified");
    EXPECT_EQ(target_.psql(held), direct.psql(held)) << choice[0] << " " << choice[1];
    EXPECT_EQ(restored.report["left_out"], copied.report["left_out"]);
    EXPECT_EQ(restored.report["tables"].size(), copied.report["tables"].size());
    Options compare = {"verify", archive(), target_.uri()};
    compare.insert(compare.begin() + 1, choice.begin(), choice.end());
    EXPECT_EQ(haul(compare).exit_status, 0);
  }
}

TEST_F(Archive, PatternThatMatchesNothingOrTooMuchIsWrong) {
  source_.psql("create schema app; create table app.orders (id int)");
  ASSERT_EQ(store().exit_status, 0);
  const auto restored = [&](const std::string& option, const std::string& pattern) {
    return haul({"copy", option, pattern, archive(), target_.uri()});
  };
  const Haul nothing = restored("-t", "nothing");
  EXPECT_EQ(nothing.exit_status, 2);
  EXPECT_NE(nothing.err.find("no matching tables were found for pattern \"nothing\""), std::string::npos)
      << nothing.err;
  const Haul open = restored("-t", "orders");
  EXPECT_EQ(open.exit_status, 2);
  EXPECT_NE(open.err.find("several schemas of the archive: app, public"), std::string::npos) << open.err;
  EXPECT_EQ(restored("-t", "a\\d").exit_status, 2);
  EXPECT_EQ(target_.psql("select count(*) from pg_class where relnamespace = 'public'::regnamespace"), "0");
}

TEST_F(Archive, GoesOnWithAPartThatWasRestoredHalfWay) {
  source_.psql("create table bad (id int); insert into bad select 1 from generate_series(1, 10)");
  ASSERT_EQ(store().exit_status, 0);
  const std::vector<std::string> options = {"-t", "public.orders", archive(), target_.uri()};
  const auto copy = [&](std::vector<std::string> first) {
    first.insert(first.end(), options.begin(), options.end());
    return haul(first);
  };
  ASSERT_EQ(copy({"copy"}).exit_status, 0);
  const Haul other = haul({"copy", "--resume", "-t", "public.bad", archive(), target_.uri()});
  EXPECT_EQ(other.exit_status, 3) << other.err;
}

TEST_F(Archive, ByItselfIsCheckedWhole) {
  ASSERT_EQ(store().exit_status, 0);
  const Haul done = haul({"verify", "-t", "orders", archive()});
  EXPECT_EQ(done.exit_status, 2);
  EXPECT_NE(done.err.find("checked whole"), std::string::npos) << done.err;
}

TEST_F(Archive, TellsATargetThatLacksTablesFromIt) {
  ASSERT_EQ(store().exit_status, 0);
  ASSERT_EQ(restore().exit_status, 0);
  const auto verify = [&] { return haul({"verify", archive(), target_.uri()}); };
  target_.psql("create table more (id int)");
  EXPECT_EQ(verify().exit_status, 6) << "only the target has a table";
  target_.psql("drop table more; alter table orders add note text");
  const Haul altered = verify();
  EXPECT_EQ(altered.exit_status, 6);
  EXPECT_NE(altered.err.find("different columns"), std::string::npos) << altered.err;
  target_.psql("drop table orders");
  const Haul lacking = verify();
  EXPECT_EQ(lacking.exit_status, 6);
  EXPECT_NE(lacking.err.find("public.orders: only the source has this table"), std::string::npos)
      << lacking.err;
}

}  // namespace
}  // namespace pghaul
