#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "catalog/read_catalog.h"
#include "postgres/snapshot.h"
#include "schema/schema_archive.h"
#include "schema/sections.h"
#include "schema/statements.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul::schema {
namespace {

using postgres::Connection;
using postgres::ConnectionString;
using postgres::Side;

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

Connection connect(const std::string& uri, Side side) {
  Result<Connection> connection = Connection::open(*ConnectionString::parse(uri), side);
  if (!connection) throw std::runtime_error(connection.error().message);
  return std::move(*connection);
}

std::vector<Programs> programs() {
  Result<std::vector<Programs>> found = find_programs(150000, 150000);
  if (!found) throw std::runtime_error(found.error().message);
  return *found;
}

/// The source of these tests: a database, and the snapshot as of which its schema is dumped.
class Source {
 public:
  explicit Source(const std::string& uri)
      : connection_(connect(uri, Side::source)),
        transaction_(postgres::Transaction::begin(connection_, "ISOLATION LEVEL REPEATABLE READ READ ONLY")),
        snapshot_(*postgres::Snapshot::export_from(connection_)) {}

  Connection& connection() { return connection_; }
  [[nodiscard]] Result<SchemaArchive> dump(const Filters& filters = {},
                                           const std::stop_token& stop = {}) const {
    return SchemaArchive::dump(programs(), connection_.effective(), Side::source, snapshot_.id(), filters,
                               stop);
  }
  catalog::Catalog catalog(const SchemaArchive& archive) {
    std::set<catalog::Oid> oids;
    for (const Entry& entry : archive.entries()) {
      if (entry.catalog == 1259) oids.insert(entry.oid);
    }
    Result<catalog::Catalog> catalog =
        catalog::read_catalog(connection_, [&](catalog::Oid oid) { return oids.contains(oid); });
    if (!catalog) throw std::runtime_error(catalog.error().message);
    EXPECT_TRUE(catalog::read_sequences(connection_, catalog->sequences));
    return std::move(*catalog);
  }

 private:
  Connection connection_;
  postgres::Transaction transaction_;
  postgres::Snapshot snapshot_;
};

/// Returns pg_dump's plain output without what is random or of the server alone.
std::string plain_dump(const std::string& uri) {
  const support::ProcessResult dumped =
      support::run_command({programs().front().dump, "--schema-only", "--dbname=" + uri});
  if (dumped.exit_status != 0) throw std::runtime_error(dumped.err);
  std::string text;
  std::istringstream lines(dumped.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("\\restrict") || line.starts_with("\\unrestrict")) continue;
    if (line.starts_with("-- Dumped from database version")) continue;
    text += line + "\n";
  }
  return text;
}

/// Returns the output of diff; empty when there is no difference.
std::string difference(const std::string& one, const std::string& other) {
  const Result<process::PrivateFile> one_file = process::PrivateFile::create(one);
  const Result<process::PrivateFile> other_file = process::PrivateFile::create(other);
  const Result<process::Finished> finished =
      process::run_program({{"/usr/bin/diff", "-u", one_file->path(), other_file->path()},
                            {},
                            {one_file->descriptor(), other_file->descriptor()}},
                           std::stop_token{});
  return finished->out + finished->err;
}

std::string shown(const std::vector<Failure>& failures) {
  std::string text;
  for (const Failure& failure : failures) text += failure.object + ": " + failure.reason + "\n";
  return text;
}

/// Restores and builds everything, step by step as a copy does, but for the rows.
class Restoration {
 public:
  Restoration(const SchemaArchive& archive, const catalog::Catalog& source, Connection& target,
              bool superuser)
      : archive_(archive),
        source_(source),
        target_(target),
        sections_(divide(archive.entries(), source, superuser)) {}

  void run() {
    restore(sections_.before_data);
    for_each_index([&](const auto& index) { return relation(index.relation).kind != 'm'; });
    add_keys();
    restore(sections_.after_data);
    for_each_index([&](const auto& index) { return relation(index.relation).kind == 'm'; });
    attach_indexes();  // a key of a partitioned table is valid, and can be referred to, when it is complete
    add_foreign_keys();
    for (const std::string& statement : set_sequences(source_.sequences)) execute(statement);
    restore(sections_.at_the_end);
  }

 private:
  void restore(const std::vector<Entry>& entries) {
    const Result<std::vector<Failure>> failures = archive_.restore(target_.effective(), entries, {});
    ASSERT_TRUE(failures) << failures.error().message;
    EXPECT_EQ(shown(*failures), "");
  }
  void execute(const std::string& sql) {
    const Status done = target_.execute(sql);
    EXPECT_TRUE(done) << sql << done.error().message;
  }
  const catalog::Relation& relation(catalog::Place place) { return source_.relations[place]; }
  const catalog::IndexInfo& index(catalog::Oid oid) {
    return *std::ranges::find(source_.indexes, oid, &catalog::IndexInfo::oid);
  }
  template <typename Which>
  void for_each_index(const Which& which) {
    for (const catalog::IndexInfo& each : source_.indexes) {
      if (!which(each)) continue;
      const auto key = std::ranges::find(source_.constraints, each.constraint, &catalog::Constraint::oid);
      if (each.constraint != 0 && !built_from_index(*key, relation(each.relation))) continue;
      execute(create_index(each, relation(each.relation)));
    }
  }
  void add_keys() {
    for (const catalog::Constraint& key : source_.constraints) {
      if (key.kind != 'f') execute(add_key(key, relation(key.relation), index(key.index)));
    }
  }
  void add_foreign_keys() {
    for (const catalog::Constraint& key : source_.constraints) {
      if (key.kind != 'f') continue;
      const bool later = validated_later(key, source_);
      execute(add_foreign_key(key, relation(key.relation), later));
      if (later) execute(validate_foreign_key(key, relation(key.relation)));
    }
  }
  void attach_indexes() {
    for (const catalog::IndexInfo& child : source_.indexes) {
      if (child.parent != 0) execute(attach_index(index(child.parent), child));
    }
  }

  const SchemaArchive& archive_;
  const catalog::Catalog& source_;
  Connection& target_;
  Sections sections_;
};

void make_roles_and_tablespace(const support::Cluster& cluster) {
  cluster.psql("postgres",
               "CREATE ROLE nasty_owner; CREATE ROLE \"role with \"\"quotes\"\"\";\n"
               "SET allow_in_place_tablespaces = on;\nCREATE TABLESPACE nasty_space LOCATION '';");
}

TEST(Schema, ThatIsNastyArrivesAsItWas) {
  const support::Cluster source_server;
  const support::Cluster target_server;
  const std::string name = "nasty 'db' 100% ü ";
  for (const support::Cluster* server : {&source_server, &target_server}) {
    make_roles_and_tablespace(*server);
    server->create_database(name);
  }
  source_server.psql(name, content(PGHAUL_ROOT "/tests/server/nasty_schema.sql"));
  for (const support::Cluster* server : {&source_server, &target_server}) {
    server->psql("postgres", "ALTER DATABASE \"" + name + "\" SET statement_timeout = '1ms';\n" +
                                 "ALTER DATABASE \"" + name + "\" SET default_transaction_read_only = on;");
  }

  Source source(source_server.uri(name));
  const Result<SchemaArchive> archive = source.dump();
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_TRUE(archive->warnings().empty()) << archive->warnings().front();
  const catalog::Catalog catalog = source.catalog(*archive);
  Connection target = connect(target_server.uri(name), Side::target);
  Restoration(*archive, catalog, target, true).run();

  for (const support::Cluster* server : {&source_server, &target_server}) {
    server->psql("postgres", "ALTER DATABASE \"" + name + "\" RESET ALL");
  }
  EXPECT_EQ(difference(plain_dump(source_server.uri(name)), plain_dump(target_server.uri(name))), "");
}

TEST(Schema, ArrivesAtARoleThatIsNoSuperuser) {
  const support::Database from(support::shared_source());
  const support::Database to(support::shared_target());
  const std::string role = "schema_test_lowly";
  to.psql("CREATE ROLE " + role + " LOGIN; ALTER DATABASE \"" + to.name() + "\" OWNER TO " + role);
  from.psql(
      "CREATE EXTENSION hstore; CREATE TABLE t (a int PRIMARY KEY, b hstore);"
      "COMMENT ON SCHEMA public IS 'ours'; REVOKE ALL ON t FROM postgres; GRANT SELECT ON t TO PUBLIC;"
      "CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE UNIQUE INDEX ON m (a);"
      "ALTER TABLE t ENABLE ROW LEVEL SECURITY");
  {
    Source source(from.uri());
    const Result<SchemaArchive> archive = source.dump({.with_owner = false});
    ASSERT_TRUE(archive) << archive.error().message;
    const catalog::Catalog catalog = source.catalog(*archive);
    Connection target = connect("host=" + support::shared_target().socket_dir() +
                                    " port=" + std::to_string(support::shared_target().port()) +
                                    " user=" + role + " dbname=" + to.name(),
                                Side::target);
    Restoration(*archive, catalog, target, false).run();
  }
  EXPECT_EQ(to.psql("SELECT relname, relowner::regrole, relrowsecurity FROM pg_class WHERE relnamespace = "
                    "'public'::regnamespace AND relkind IN ('r', 'm') ORDER BY 1"),
            "m|" + role + "|f\nt|" + role + "|t");
  EXPECT_EQ(to.psql("SELECT obj_description('public'::regnamespace)"), "ours");
  to.psql("ALTER DATABASE \"" + to.name() + "\" OWNER TO postgres; REASSIGN OWNED BY " + role +
          " TO postgres; DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST(Schema, IsDumpedAsOfTheSnapshot) {
  const support::Database database(support::shared_source());
  database.psql("CREATE TABLE before ()");
  const Source source(database.uri());
  database.psql("CREATE TABLE afterwards ()");
  const Result<SchemaArchive> archive = source.dump();
  ASSERT_TRUE(archive) << archive.error().message;
  std::vector<std::string> tables;
  for (const Entry& entry : archive->entries()) {
    if (entry.kind == "TABLE") tables.push_back(entry.text);
  }
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_TRUE(tables[0].starts_with("public before "));
}

TEST(Schema, IsDumpedInPart) {
  const support::Database database(support::shared_source());
  database.psql(
      "CREATE TABLE one (); CREATE TABLE two (); CREATE SCHEMA \"-n\"; CREATE TABLE \"-n\".\"-T\" ()");
  const Source source(database.uri());
  const auto tables = [&](const Filters& filters) {
    std::set<std::string> found;
    const Result<SchemaArchive> archive = source.dump(filters);
    if (!archive) return std::set<std::string>{archive.error().message};
    for (const Entry& entry : archive->entries()) {
      if (entry.kind == "TABLE") found.insert(entry.text.substr(0, entry.text.rfind(' ')));
    }
    return found;
  };
  using Names = std::set<std::string>;
  EXPECT_EQ(tables({.tables = {"public.o*"}}), Names{"public one"});
  EXPECT_EQ(tables({.excluded_tables = {"one"}}), (Names{"-n -T", "public two"}));
  EXPECT_EQ(tables({.schemas = {"\"-n\""}}), Names{"-n -T"});
  EXPECT_EQ(tables({.excluded_schemas = {"-n"}}), (Names{"public one", "public two"}));
}

TEST(Schema, PatternThatMatchesNothingIsAnErrorOfUsage) {
  const support::Database database(support::shared_source());
  const Source source(database.uri());
  const Result<SchemaArchive> by_table = source.dump({.tables = {"nowhere"}});
  ASSERT_FALSE(by_table);
  EXPECT_EQ(by_table.error().code, ErrorCode::usage);
  EXPECT_EQ(by_table.error().message, "no matching tables were found for pattern \"nowhere\"");
  const Result<SchemaArchive> by_schema = source.dump({.schemas = {"nowhere"}});
  ASSERT_FALSE(by_schema);
  EXPECT_EQ(by_schema.error().message, "no matching schemas were found for pattern \"nowhere\"");
}

TEST(Schema, ThatCanNotBeReadSaysWhy) {
  const support::Database database(support::shared_source());
  const Source source(database.uri());
  const Result<SchemaArchive> archive =
      SchemaArchive::dump(programs(), *ConnectionString::parse("host=/nowhere dbname=x"), Side::source, "1-1",
                          Filters{}, std::stop_token{});
  ASSERT_FALSE(archive);
  EXPECT_EQ(archive.error().code, ErrorCode::connection_failed);
  EXPECT_NE(archive.error().message.find("pg_dump cannot connect to the source: connection to server"),
            std::string::npos)
      << archive.error().message;
}

TEST(Schema, LeavesOwnersAndPrivilegesOutWhenAsked) {
  const support::Database from(support::shared_source());
  const support::Database to(support::shared_target());
  from.psql(
      "CREATE ROLE schema_test_owner; CREATE TABLE t (); ALTER TABLE t OWNER TO schema_test_owner;"
      "GRANT SELECT ON t TO schema_test_owner; GRANT ALL ON SCHEMA public TO PUBLIC");
  {
    Source source(from.uri());
    const Result<SchemaArchive> archive = source.dump({.with_owner = false, .with_acl = false});
    ASSERT_TRUE(archive) << archive.error().message;
    const Connection target = connect(to.uri(), Side::target);
    const Result<std::vector<Failure>> failures =
        archive->restore(target.effective(), archive->entries(), {});
    ASSERT_TRUE(failures) << failures.error().message;
    EXPECT_EQ(shown(*failures), "");
  }
  EXPECT_EQ(to.psql("SELECT relowner::regrole, relacl FROM pg_class WHERE relname = 't'"), "postgres|");
  from.psql("DROP TABLE t; DROP ROLE schema_test_owner");
}

TEST(Schema, NamesEveryObjectThatTheTargetRefuses) {
  const support::Database from(support::shared_source());
  const support::Database to(support::shared_target());
  from.psql("CREATE TABLE one (a int); CREATE TABLE two (a int); CREATE VIEW three AS SELECT a FROM one");
  to.psql("CREATE TABLE one (b int)");
  const Source source(from.uri());
  const Result<SchemaArchive> archive = source.dump();
  ASSERT_TRUE(archive) << archive.error().message;
  const Connection target = connect(to.uri(), Side::target);
  const Result<std::vector<Failure>> failures = archive->restore(target.effective(), archive->entries(), {});
  ASSERT_TRUE(failures) << failures.error().message;
  ASSERT_EQ(failures->size(), 2U) << shown(*failures);
  EXPECT_EQ((*failures)[0].object, "TABLE public.one");
  EXPECT_EQ((*failures)[0].reason, "relation \"one\" already exists");
  EXPECT_EQ((*failures)[1].object, "VIEW public.three");
  EXPECT_EQ(to.psql("SELECT count(*) FROM pg_class WHERE relname = 'two'"), "1");
}

TEST(Schema, KeepsPasswordsInFailuresToItself) {
  const support::Database from(support::shared_source());
  const support::Database to(support::shared_target());
  from.psql(
      "CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw;"
      "CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (password 'sesame')");
  const Source source(from.uri());
  const Result<SchemaArchive> archive = source.dump();
  ASSERT_TRUE(archive) << archive.error().message;
  std::vector<Entry> mapping = archive->entries();
  std::erase_if(mapping, [](const Entry& entry) { return entry.kind != "USER MAPPING"; });
  ASSERT_EQ(mapping.size(), 1U);
  const Connection target = connect(to.uri(), Side::target);
  const Result<std::vector<Failure>> failures = archive->restore(target.effective(), mapping, {});
  ASSERT_TRUE(failures) << failures.error().message;
  ASSERT_EQ(failures->size(), 1U);
  EXPECT_EQ((*failures)[0].reason, "server \"s\" does not exist");
  EXPECT_EQ((*failures)[0].object.find("sesame"), std::string::npos);
}

TEST(Schema, NoticesThatTheTargetHasGone) {
  const support::Database from(support::shared_source());
  const support::Database to(support::shared_target());
  from.psql("CREATE TABLE one (); CREATE TABLE two ()");
  to.psql(
      "CREATE FUNCTION die() RETURNS event_trigger LANGUAGE plpgsql AS "
      "$$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END$$;"
      "CREATE EVENT TRIGGER die ON ddl_command_start EXECUTE FUNCTION die()");
  const Source source(from.uri());
  const Result<SchemaArchive> archive = source.dump();
  ASSERT_TRUE(archive) << archive.error().message;
  const Connection target = connect(to.uri(), Side::target);
  const Result<std::vector<Failure>> failures = archive->restore(target.effective(), archive->entries(), {});
  ASSERT_FALSE(failures);
  EXPECT_EQ(failures.error().code, ErrorCode::connection_lost) << failures.error().message;
}

/// A server that wants a password, a source of its own, and somebody who makes pg_dump wait for a lock.
class WaitingDump {
 public:
  WaitingDump() : folder_(mkdtemp(folder_name_.data())) {
    server_.create_database("db");
    server_.psql("db", "CREATE TABLE t ()");
    server_.psql("postgres", "CREATE ROLE app SUPERUSER LOGIN PASSWORD 'open:se\\same '");
    server_.psql("postgres",
                 "COPY (VALUES ('local all all trust'), ('host all all all scram-sha-256')) TO '" +
                     server_.folder() + "/data/pg_hba.conf'");
    server_.restart();
    std::ofstream(folder_ / "passwords") << "*:*:*:app:open\\:se\\\\same \n";
    std::filesystem::permissions(folder_ / "passwords", std::filesystem::perms::owner_read);
    source_.emplace("host=127.0.0.1,127.0.0.1 port=1," + std::to_string(server_.port()) +
                    " dbname=db user=app passfile=" + (folder_ / "passwords").string());
    locker_.emplace(connect(server_.uri("db"), Side::target));
    EXPECT_TRUE(locker_->execute("BEGIN; LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE"));
    std::filesystem::create_directory(folder_ / "tmp");
    setenv("TMPDIR", (folder_ / "tmp").c_str(), 1);
    dumper_ = std::thread([this] { archive_.emplace(source_->dump({}, stop_.get_token())); });
    wait_until(
        "EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = "
        "'Lock')");
  }
  ~WaitingDump() {
    if (dumper_.joinable()) (void)stopped();
    unsetenv("TMPDIR");
    std::filesystem::remove_all(folder_);
  }
  WaitingDump(const WaitingDump&) = delete;
  WaitingDump& operator=(const WaitingDump&) = delete;

  void wait_until(const std::string& condition) {
    server_.psql("postgres", "DO $$ BEGIN WHILE NOT (" + condition +
                                 ") LOOP PERFORM pg_sleep(0.01); PERFORM pg_stat_clear_snapshot(); END LOOP; "
                                 "END $$");
  }
  [[nodiscard]] std::filesystem::path temporary_files() const { return folder_ / "tmp"; }

  Result<SchemaArchive>& finished() {
    EXPECT_TRUE(locker_->execute("ROLLBACK"));
    dumper_.join();
    return *archive_;
  }
  Result<SchemaArchive>& stopped() {
    stop_.request_stop();
    dumper_.join();
    return *archive_;
  }

 private:
  support::Cluster server_;
  std::string folder_name_ = "/tmp/pghaul-test.XXXXXX";
  std::filesystem::path folder_;
  std::optional<Source> source_;
  std::optional<Connection> locker_;
  std::stop_source stop_;
  std::optional<Result<SchemaArchive>> archive_;
  std::thread dumper_;
};

/// Arguments and environment of every process on this machine that can be read.
std::vector<std::string> processes() {
  std::vector<std::string> result;
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    result.push_back(content(process.path() / "cmdline") + content(process.path() / "environ"));
  }
  return result;
}

TEST(Schema, IsDumpedWithoutShowingThePassword) {
  WaitingDump dump;
  bool dump_seen = false;
  for (const std::string& process : processes()) {
    EXPECT_EQ(process.find("same "), std::string::npos) << process;
    dump_seen = dump_seen || process.find("--dbname=service='pghaul'") != std::string::npos;
  }
  EXPECT_TRUE(dump_seen);
  EXPECT_TRUE(std::filesystem::is_empty(dump.temporary_files()));
  const Result<SchemaArchive>& archive = dump.finished();
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_TRUE(
      std::ranges::any_of(archive->entries(), [](const auto& entry) { return entry.kind == "TABLE"; }));
  EXPECT_TRUE(std::filesystem::is_empty(dump.temporary_files()));
}

TEST(Schema, LeavesNothingRunningWhenStopped) {
  WaitingDump dump;
  const Result<SchemaArchive>& archive = dump.stopped();
  ASSERT_FALSE(archive);
  EXPECT_EQ(archive.error().code, ErrorCode::interrupted);
  dump.wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pg_dump')");
}

TEST(Connection, TellsHowToReachTheVeryServerItIsConnectedTo) {
  const support::Cluster& server = support::shared_source();
  const Connection connection =
      connect("host=127.0.0.1,127.0.0.1 port=1," + std::to_string(server.port()) +
                  " user=postgres dbname=postgres password=unused connect_timeout=7 target_session_attrs=any",
              Side::source);
  const std::map<std::string, std::string> expected = {
      {"host", "127.0.0.1"},     {"hostaddr", "127.0.0.1"},     {"port", std::to_string(server.port())},
      {"user", "postgres"},      {"dbname", "postgres"},        {"password", "unused"},
      {"connect_timeout", "7"},  {"keepalives_idle", "30"},     {"keepalives_interval", "10"},
      {"keepalives_count", "3"}, {"tcp_user_timeout", "120000"}};
  EXPECT_EQ(connection.effective().keywords(), expected);
}

TEST(Connection, TellsHowToReachASocket) {
  const support::Cluster& server = support::shared_source();
  const Connection connection = connect(server.uri("postgres"), Side::source);
  const std::map<std::string, std::string> expected = {
      {"host", server.socket_dir()}, {"port", std::to_string(server.port())},
      {"user", "postgres"},          {"dbname", "postgres"},
      {"keepalives_idle", "30"},     {"keepalives_interval", "10"},
      {"keepalives_count", "3"},     {"tcp_user_timeout", "120000"}};
  EXPECT_EQ(connection.effective().keywords(), expected);
}

}  // namespace
}  // namespace pghaul::schema
