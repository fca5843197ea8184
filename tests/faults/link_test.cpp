#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "faults/secure_server.h"
#include "faults/shop.h"
#include "fidelity/judge.h"
#include "link/far_line.h"
#include "link/near_half.h"
#include "postgres/connection_string.h"
#include "postgres/replication_connection.h"
#include "postgres/replication_slot.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/pghaul.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

namespace fs = std::filesystem;
using support::Haul;
using support::haul;

constexpr const char* kShop =
    "create table customers (id bigint primary key, name text);"
    "insert into customers select i, md5(i::text) from generate_series(1, 60000) i;"
    "create table orders (id bigint primary key, customer bigint references customers);"
    "insert into orders select i, 1 + i % 1000 from generate_series(1, 30000) i;"
    "create index on orders (customer);"
    "select lo_from_bytea(4711, 'scan')";

/// Passes bytes on as they come; at the one with that number it ends, or changes it.
constexpr const char* kFilter = R"(
import os, sys
what, left = sys.argv[1], int(sys.argv[2])
while piece := os.read(0, 65536):
    if left < len(piece):
        if what == "end":
            os.write(1, piece[:left])
            break
        if left >= 0:
            piece = piece[:left] + bytes([piece[left] ^ 16]) + piece[left + 1:]
    left -= len(piece)
    while piece:
        piece = piece[os.write(1, piece):]
)";

/// A copy by links whose far halves run on this machine, started by commands of the test's.
class Link : public testing::Test {
 protected:
  Link() : source_(support::shared_source()), target_(support::shared_target()) {
    std::string name = fs::temp_directory_path() / "pghaul-test-link-XXXXXX";
    folder_ = mkdtemp(name.data());
    std::ofstream(folder_ + "/filter.py") << kFilter;
  }
  ~Link() override { fs::remove_all(folder_); }

  /// A program that /bin/sh runs in place of pghaul; PGHAUL and FOLDER stand for what they say.
  [[nodiscard]] std::string script(std::string text) const {
    for (const auto& [word, value] : {std::pair{std::string("PGHAUL"), std::string(PGHAUL_COMMAND)},
                                      std::pair{std::string("FOLDER"), folder_}}) {
      for (std::size_t at = text.find(word); at != std::string::npos;
           at = text.find(word, at + value.size())) {
        text.replace(at, word.size(), value);
      }
    }
    const std::string path = folder_ + "/far";
    std::ofstream(path) << "#!/bin/sh\n" << text << '\n';
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
  [[nodiscard]] Result<std::unique_ptr<link::NearHalf>> near_half(const std::string& command,
                                                                  postgres::Side side) const {
    return link::NearHalf::create(
        {.command = command, .server = *postgres::ConnectionString::parse(source_.uri()), .side = side});
  }
  [[nodiscard]] Haul copy(std::vector<std::string> options) const {
    options.insert(options.begin(), "copy");
    options.insert(options.end(), {source_.uri(), target_.uri()});
    return haul(options);
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    std::ifstream stream(folder_ + "/" + name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  const support::Database source_;
  const support::Database target_;
  std::string folder_;
};

void expect_verified(const Haul& run) {
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_EQ(run.report.value("status", ""), "verified");
}

/// Runs the far half so that what it sends passes this, but only the first time.
std::string once_through(const std::string& filter) {
  return "if mkdir FOLDER/before 2>/dev/null; then PGHAUL \"$@\" | " + filter +
         "; else exec PGHAUL \"$@\"; fi";
}

constexpr const char* kFlip = "python3 FOLDER/filter.py change 2000000";
constexpr const char* kEnd = "python3 FOLDER/filter.py end 2000000";

TEST_F(Link, CarriesASource) {
  source_.psql(kShop);
  const Haul run = copy({"--source-via", PGHAUL_COMMAND});
  expect_verified(run);
  EXPECT_NE(run.report["source"].value("description", "").find(" via "), std::string::npos);
  EXPECT_EQ(run.err.find("warning"), std::string::npos) << run.err;  // nor when the far half ends
}

TEST_F(Link, CarriesASessionOfReplication) {
  const auto link = near_half(PGHAUL_COMMAND, postgres::Side::source);
  ASSERT_TRUE(link) << link.error().message;
  const auto server = (*link)->connection_string();
  ASSERT_TRUE(server) << server.error().message;
  auto session = postgres::open_for_replication(*server, postgres::Side::source, {}, {});
  ASSERT_TRUE(session) << session.error().message;
  const auto identity = postgres::identify_system(*session);
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->system_identifier, source_.psql("select system_identifier from pg_control_system()"));
}

TEST_F(Link, IsNotMeasuredForEverWhenItFallsSilent) {
  const auto link = near_half(script("echo $$ > FOLDER/pid; exec PGHAUL \"$@\""), postgres::Side::source);
  ASSERT_TRUE(link) << link.error().message;
  auto server = (*link)->connection_string();
  ASSERT_TRUE(server) << server.error().message;
  server->set_silence_limit(std::chrono::seconds(2));
  const pid_t far = std::stoi(file("pid"));
  ASSERT_EQ(kill(far, SIGSTOP), 0);
  const Status carried = link::carry(**link, 1'000'000, *server, {});
  kill(far, SIGCONT);
  ASSERT_FALSE(carried);
  EXPECT_EQ(carried.error().code, ErrorCode::connection_lost) << carried.error().message;
}

TEST_F(Link, CanBeMeasuredWithBytesThatNothingPacks) {
  for (const postgres::Side side : {postgres::Side::source, postgres::Side::target}) {
    const auto link = near_half(PGHAUL_COMMAND, side);
    ASSERT_TRUE(link) << link.error().message;
    const auto server = (*link)->connection_string();
    ASSERT_TRUE(server) << server.error().message;
    EXPECT_TRUE((*link)->at_one_place());
    const std::uint64_t before = (*link)->bytes();
    constexpr std::size_t kBytes = 3'000'000;
    const Status carried = link::carry(**link, kBytes, *server, {});
    ASSERT_TRUE(carried) << carried.error().message;
    EXPECT_GE((*link)->bytes() - before, kBytes);
    EXPECT_LT((*link)->bytes() - before, kBytes + kBytes / 10) << "they cross once";
  }
}

TEST_F(Link, CarriesBothServersAndTheirDigests) {
  source_.psql(kShop);
  expect_verified(copy({"--source-via", PGHAUL_COMMAND, "--target-via", PGHAUL_COMMAND, "--compress", "3"}));
  target_.psql("update customers set name = 'another' where id = 7");
  const Haul compared = haul({"verify", "--source-via", PGHAUL_COMMAND, "--target-via", PGHAUL_COMMAND,
                              source_.uri(), target_.uri()});
  EXPECT_EQ(compared.exit_status, 6) << compared.err;
  EXPECT_NE(compared.err.find("public.customers"), std::string::npos) << compared.err;
}

TEST_F(Link, CarriesRowsWiderThanItsFrames) {
  source_.psql(
      "create table wide as select i, repeat(md5(i::text), 50000) as text from generate_series(1, 5) i;"
      "alter table wide alter text set storage external");
  for (const char* compress : {"none", "auto", "9"}) {
    const support::Database target(support::shared_target());
    const Haul run = haul({"copy", "--source-via", PGHAUL_COMMAND, "--target-via", PGHAUL_COMMAND,
                           "--compress", compress, source_.uri(), target.uri()});
    expect_verified(run);
  }
}

/// A far half that writes down which of PostgreSQL's programs it starts.
constexpr const char* kWritesDownPrograms = R"(mkdir -p FOLDER/bin
for program in pg_dump pg_restore; do
  real=$(ls -d /usr/lib/postgresql/*/bin/$program | tail -1)
  printf '#!/bin/sh\necho "%s $*" >> FOLDER/ran\nexec %s "$@"\n' $program $real > FOLDER/bin/$program
  chmod +x FOLDER/bin/$program
done
PATH=FOLDER/bin:$PATH exec PGHAUL "$@")";

TEST_F(Link, HasTheSchemaReadAtTheFarHalf) {
  source_.psql(kShop);
  expect_verified(copy({"--source-via", script(kWritesDownPrograms)}));
  EXPECT_NE(file("ran").find("pg_dump --format=custom --schema-only"), std::string::npos) << file("ran");
}

TEST_F(Link, HasTheSchemaRestoredAtTheFarHalf) {
  source_.psql(kShop);
  expect_verified(copy({"--target-via", script(kWritesDownPrograms)}));
  EXPECT_NE(file("ran").find("pg_restore --verbose --use-list"), std::string::npos) << file("ran");
}

/// A far half on a machine where none of PostgreSQL's programs are installed.
constexpr const char* kHidePrograms = "mount -t tmpfs none /usr/lib/postgresql";

TEST_F(Link, TakesTheProgramsOfThisSideWhereTheFarOneHasNone) {
  const std::string hidden = std::string("unshare -r -m sh -c '") + kHidePrograms;
  if (std::system((hidden + "' 2>/dev/null").c_str()) != 0) {
    GTEST_SKIP() << "this system does not let its users mount anything of their own";
  }
  source_.psql(kShop);
  const std::string far = script("exec " + hidden + " && PATH=/usr/bin:/bin exec PGHAUL \"$@\"' sh \"$@\"");
  const Haul run = copy({"--source-via", far, "--target-via", far});
  expect_verified(run);
  for (const char* via : {"source-via", "target-via"}) {
    const std::string says = std::string(via) + " says: there is no pg_dump and pg_restore of version ";
    EXPECT_NE(run.err.find(says), std::string::npos) << run.err;
  }
}

TEST_F(Link, TellsWhatTheFarPgDumpRefuses) {
  source_.psql(kShop);
  const Haul run = copy({"-t", "nothing_of_that_name", "--source-via", PGHAUL_COMMAND});
  EXPECT_EQ(run.exit_status, 2) << run.err;
  EXPECT_NE(run.err.find("no matching tables were found"), std::string::npos) << run.err;
}

TEST_F(Link, RemovesFoldersOfRunsThatWereKilled) {
  const fs::path left = folder_ + "/pghaul-link-killed";
  const fs::path young = folder_ + "/pghaul-link-young";
  const fs::path full = folder_ + "/pghaul-link-full";
  for (const fs::path& path : {left, young, full}) fs::create_directory(path);
  std::ofstream(full / "something") << "of somebody";
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const fs::path& path : {left, full}) fs::last_write_time(path, long_ago);
  const Haul run =
      haul({"plan", "--source-via", PGHAUL_COMMAND, source_.uri()}, {{"TMPDIR", folder_.c_str()}});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(young));
  EXPECT_TRUE(fs::exists(full));
}

TEST_F(Link, IsMadeAgainWhenItsFarHalfEndsInTheMiddle) {
  source_.psql(kShop);
  const Haul run = copy({"--compress", "none", "--source-via", script(once_through(kEnd))});
  expect_verified(run);
}

/// Among the first bytes are the catalogs and what pg_dump reads.
TEST_F(Link, IsMadeAgainWhenItEndsBeforeTheCopyHasBegun) {
  source_.psql(kShop);
  const Haul run = copy(
      {"--compress", "none", "--source-via", script(once_through("python3 FOLDER/filter.py end 30000"))});
  expect_verified(run);
}

TEST_F(Link, OfTheTargetIsMadeAgainWhenItEndsInTheMiddle) {
  source_.psql(kShop);
  const Haul run = copy({"--target-via",
                         script("if mkdir FOLDER/before 2>/dev/null; then " + std::string(kEnd) +
                                " | PGHAUL \"$@\"; "
                                "else exec PGHAUL \"$@\"; fi"),
                         "--compress", "none"});
  expect_verified(run);
}

TEST_F(Link, DoesNotBelieveAByteThatWasChanged) {
  source_.psql(kShop);
  const Haul once = copy({"--compress", "none", "--source-via", script(once_through(kFlip))});
  expect_verified(once);

  const support::Database target(support::shared_target());
  const Haul always = haul({"copy", "--retry-for", "0", "--compress", "none", "--source-via",
                            script("PGHAUL \"$@\" | " + std::string(kFlip)), source_.uri(), target.uri()});
  EXPECT_EQ(always.exit_status, 5) << always.err;
  EXPECT_NE(always.err.find("the link to the source broke: frame "), std::string::npos) << always.err;
}

TEST_F(Link, NamesWhatCameInsteadOfAGreeting) {
  const Haul run = copy({"--source-via", script("echo 'Welcome to db1!'; exec PGHAUL \"$@\"")});
  EXPECT_EQ(run.exit_status, 4);
  EXPECT_NE(run.err.find("Welcome to db1!"), std::string::npos) << run.err;
}

TEST_F(Link, RefusesAnotherVersion) {
  const Haul run = copy({"--target-via", script("echo pghaul-link 1 0.0.7; cat > /dev/null")});
  EXPECT_EQ(run.exit_status, 4);
  EXPECT_NE(run.err.find("pghaul 0.0.7"), std::string::npos) << run.err;
}

TEST_F(Link, TellsWhyItsCommandDidNotStart) {
  const Haul run = copy({"--source-via", script("echo 'ssh: no route to db1' >&2; exit 255")});
  EXPECT_EQ(run.exit_status, 4);
  EXPECT_NE(run.err.find("exit status 255"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("ssh: no route to db1"), std::string::npos) << run.err;
}

TEST_F(Link, TellsWhatTheFarServerSays) {
  const Haul run = haul({"copy", "--source-via", PGHAUL_COMMAND, "--target-via", PGHAUL_COMMAND,
                         source_.uri(), target_.uri() + "?user=nobody_knows"});
  EXPECT_EQ(run.exit_status, 4);
  EXPECT_NE(run.err.find("role \"nobody_knows\" does not exist"), std::string::npos) << run.err;
  EXPECT_EQ(run.report["error"].value("sqlstate", ""), "28000");
}

TEST_F(Link, KeepsItsConnectionStringAndPasswordToItself) {
  const SecureServer server("plugh-of-source");
  const support::Database source(server.cluster());
  source.psql(kShop);
  const Haul run =
      haul({"copy", "--source-via", script("{ echo \"$@\"; env; } > FOLDER/seen; exec PGHAUL \"$@\""),
            server.with_password(source.name(), "sslmode=require"), target_.uri()},
           {{"PGHAUL_SOURCE", "plugh-of-source"}});
  expect_verified(run);
  EXPECT_EQ(file("seen").find("serve-link\n"), 0U);
  EXPECT_EQ(file("seen").find("plugh-of-source"), std::string::npos);
}

TEST_F(Link, TakesThePasswordOfTheEnvironmentAlong) {
  const SecureServer server("plugh-of-source");
  const support::Database source(server.cluster());
  const Haul run =
      haul({"plan", "--source-via", PGHAUL_COMMAND,
            "host=localhost sslmode=require user=postgres port=" + std::to_string(server.cluster().port()) +
                " dbname=" + source.name()},
           {{"PGPASSWORD", "plugh-of-source"}});
  EXPECT_EQ(run.exit_status, 0) << run.err;
}

bool is_there(const std::string& pid) {
  return fs::exists("/proc/" + pid);
}

/// A copy that waits for a lock, by a far half whose process id is known.
class WaitingLink : public Link {
 protected:
  WaitingLink() {
    source_.psql("create table t as select generate_series(1, 1000) as i");
    const std::string far =
        script("echo $$ > FOLDER/pid.new; mv FOLDER/pid.new FOLDER/pid; exec PGHAUL \"$@\"");
    const std::string lock = "begin; lock table t; select pg_sleep(60)";
    locker_.emplace(std::vector<std::string>{"psql", "-X", "-q", "-d", source_.uri(), "-c", lock});
    await(
        "select exists (select from pg_locks where mode = 'AccessExclusiveLock' and relation = "
        "'t'::regclass)");
    haul_.emplace(
        std::vector<std::string>{PGHAUL_COMMAND, "copy", "--source-via", far, source_.uri(), target_.uri()});
    await("select exists (select from pg_locks where not granted and relation = 't'::regclass)");
    far_pid_ = file("pid");
    far_pid_.pop_back();
  }
  void await(const std::string& condition) const {
    while (source_.psql(condition) != "t") std::this_thread::yield();
  }
  void expect_far_half_ends() const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (is_there(far_pid_) && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_FALSE(is_there(far_pid_));
  }

  std::optional<support::Process> locker_;
  std::optional<support::Process> haul_;
  std::string far_pid_;
};

TEST_F(WaitingLink, EndsWithAnInterrupt) {
  haul_->send(SIGINT);
  ASSERT_TRUE(haul_->ends_within(std::chrono::seconds(20)));
  EXPECT_EQ(haul_->wait().exit_status, 130);
  expect_far_half_ends();
}

TEST_F(WaitingLink, EndsWithItsNearHalf) {
  haul_->send(SIGKILL);
  (void)haul_->wait();
  expect_far_half_ends();
}

TEST_F(Link, IsGivenUpWhenItsFarHalfNeverGreets) {
  const Haul run = copy({"--source-via", script("cat > /dev/null"), "--stall-after", "1"});
  EXPECT_EQ(run.exit_status, 4);
  EXPECT_NE(run.err.find("sent no greeting within 1 s"), std::string::npos) << run.err;
}

TEST_F(Link, LeavesNothingBehind) {
  expect_verified(copy({"--source-via", script("sleep 1000 >/dev/null 2>&1 & echo $! > FOLDER/pid\n"
                                               "exec PGHAUL \"$@\"")}));
  std::string pid = file("pid");
  pid.pop_back();
  EXPECT_FALSE(is_there(pid));
}

TEST_F(Link, LeavesNothingBehindThatHearsNoRequestToEnd) {
  const std::string deaf = "trap '' TERM HUP; while :; do sleep 1; done";
  expect_verified(copy({"--source-via", script("sh -c \"" + deaf +
                                               "\" >/dev/null 2>&1 & echo $! > FOLDER/pid\n"
                                               "PGHAUL \"$@\"")}));
  std::string pid = file("pid");
  pid.pop_back();
  EXPECT_FALSE(is_there(pid));
}

constexpr const char* kNoise = "(while :; do echo noise; done) >&2 &\n";

TEST_F(Link, IsNotHeldUpByNoise) {
  expect_verified(copy({"--source-via", script(std::string(kNoise) + "exec PGHAUL \"$@\"")}));
}

TEST_F(Link, HearsAnInterruptThroughNoise) {
  support::Process run({PGHAUL_COMMAND, "copy", "--source-via",
                        script(std::string(kNoise) + "echo $$ > FOLDER/pid; exec cat >/dev/null"),
                        source_.uri(), target_.uri()});
  while (file("pid").empty()) std::this_thread::yield();
  run.send(SIGINT);
  ASSERT_TRUE(run.ends_within(std::chrono::seconds(20)));
  EXPECT_EQ(run.wait().exit_status, 130);
}

/// A copy to a far target, in the middle of its rows, over a line that can be made to swallow what is sent.
class SilentLink : public Link {
 protected:
  SilentLink() {
    source_.psql(
        "create table t as select i, repeat(md5(i::text), 3) as words from generate_series(1, 400000) i");
    const std::string line = R"(sh -c 'echo $$ >> FOLDER/line; exec cat')";
    haul_.emplace(std::vector<std::string>{
        PGHAUL_COMMAND, "copy", "--target-via", script(line + " | PGHAUL \"$@\" | " + line), "--stall-after",
        "2", "--retry-for", "60", "--events", "-", source_.uri(), target_.uri()});
    while (target_.psql("select exists (select from pg_stat_progress_copy where datname = current_database()"
                        " and bytes_processed > 3000000)") != "t") {
      if (haul_->ends_within(std::chrono::milliseconds(1))) throw std::runtime_error(haul_->err());
    }
  }
  void expect_mended() {
    const support::ProcessResult done = haul_->wait();
    EXPECT_EQ(done.exit_status, 0) << done.err;
    EXPECT_NE(done.out.find("\"event\":\"retry\""), std::string::npos) << done.out;
    EXPECT_EQ(fidelity::differences(source_, target_), "");
  }

  std::optional<support::Process> haul_;
};

TEST_F(SilentLink, IsMadeAgain) {
  std::vector<pid_t> line;
  std::istringstream pids(file("line"));
  for (pid_t pid = 0; pids >> pid;) line.push_back(pid);
  ASSERT_EQ(line.size(), 2U);
  for (const pid_t pid : line) kill(pid, SIGSTOP);
  expect_mended();
  for (const pid_t pid : line) kill(pid, SIGKILL);
}

/// A server whose client's machine is gone does not know, and would keep its locks.
TEST_F(SilentLink, LeavesNoSessionAtTheServer) {
  haul_->send(SIGSTOP);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!sessions_of_pghaul(target_).empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(sessions_of_pghaul(target_), "");
  haul_->send(SIGCONT);
  expect_mended();
}

}  // namespace
}  // namespace pghaul::faults
