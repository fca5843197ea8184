#include <dirent.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include "faults/secure_server.h"
#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul::faults {
namespace {

namespace fs = std::filesystem;
using support::Process;
using support::ProcessResult;

constexpr const char* kSourceSecret = "xyzzy-of-source";
constexpr const char* kTargetSecret = "plugh-of-target";

bool holds_secret(const std::string& text) {
  return text.find(kSourceSecret) != std::string::npos || text.find(kTargetSecret) != std::string::npos;
}

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  try {
    return {std::istreambuf_iterator<char>(file), {}};
  } catch (const std::ios_base::failure&) {  // the process has ended while it was read
    return {};
  }
}

/// All processes that come from one, as they are now.
std::map<pid_t, std::string> descendants(pid_t ancestor) {
  std::map<pid_t, pid_t> parents;
  std::map<pid_t, std::string> names;
  DIR* proc = opendir("/proc");
  while (const dirent* entry = readdir(proc)) {
    const pid_t pid = std::atoi(entry->d_name);
    if (pid <= 0) continue;
    const std::string stat = content("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t end = stat.rfind(')');  // a name may hold blanks
    if (end == std::string::npos) continue;
    std::istringstream rest(stat.substr(end + 2));
    char state = 0;
    rest >> state >> parents[pid];
    names[pid] = stat.substr(stat.find('(') + 1, end - stat.find('(') - 1);
  }
  closedir(proc);
  std::map<pid_t, std::string> found;
  for (const auto& [pid, name] : names) {
    for (pid_t up = parents[pid]; up > 1; up = parents[up]) {
      if (up == ancestor) found[pid] = name;
    }
  }
  return found;
}

/// Looks over the shoulder of a running pghaul, as anybody on the machine could.
class Onlooker {
 public:
  explicit Onlooker(pid_t pid) : thread_([this, pid](const std::stop_token& stop) { look(pid, stop); }) {}

  /// Returns the programs that it started.
  [[nodiscard]] std::set<std::string> finish() {
    thread_.request_stop();
    thread_.join();
    return programs_;
  }
  [[nodiscard]] bool saw_secret() const noexcept { return saw_secret_; }
  /// Returns once pg_restore runs, or all is over.
  void await_restore() { seen_.wait(false); }

 private:
  void look(pid_t pid, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const std::map<pid_t, std::string> children = descendants(pid);
      for (const auto& [child, name] : children) {
        const std::string folder = "/proc/" + std::to_string(child);
        const std::string program = fs::path(content(folder + "/cmdline").c_str()).filename();
        if (program != "pg_dump" && program != "pg_restore") continue;  // it has not become one yet
        programs_.insert(program);
        if (holds_secret(content(folder + "/cmdline") + content(folder + "/environ"))) saw_secret_ = true;
        if (program == "pg_restore") {
          seen_ = true;
          seen_.notify_all();
        }
      }
      // Its own arguments are covered as soon as it has read them.
      if (!children.empty() && holds_secret(content("/proc/" + std::to_string(pid) + "/cmdline"))) {
        saw_secret_ = true;
      }
    }
    seen_ = true;
    seen_.notify_all();
  }

  std::set<std::string> programs_;
  std::atomic<bool> saw_secret_{false};
  std::atomic<bool> seen_{false};
  std::jthread thread_;
};

/// A folder that is empty before and after.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(fs::temp_directory_path() / "pghaul-secrets-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

class Secrets : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    source_server_ = new SecureServer(kSourceSecret);
    target_server_ = new SecureServer(kTargetSecret);
  }
  static void TearDownTestSuite() {
    delete source_server_;
    delete target_server_;
  }

  Secrets() {
    source_.psql(
        "select format('create table t%s (id int primary key, words text)', i) from generate_series(1, 60) i "
        "\\gexec\n"
        "insert into t1 select i, 'words' from generate_series(1, 1000) i");
  }
  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> argv = {PGHAUL_COMMAND, "copy",   "--verbose", "--progress", "plain",
                                     "--report",     report(), "--events",  events()};
    argv.insert(argv.end(), more.begin(), more.end());
    return argv;
  }
  [[nodiscard]] std::string report() const { return files_.path() + "/report.json"; }
  [[nodiscard]] std::string events() const { return files_.path() + "/events.jsonl"; }
  [[nodiscard]] std::string source_string() const { return source_server_->with_password(source_.name()); }
  [[nodiscard]] std::string target_string() const { return target_server_->with_password(target_.name()); }
  [[nodiscard]] support::Environment by_environment() const {
    return {
        {"PGHAUL_SOURCE", source_string()}, {"PGHAUL_TARGET", target_string()}, {"TMPDIR", scratch_.path()}};
  }
  void expect_no_secret(const ProcessResult& done) const {
    EXPECT_FALSE(holds_secret(done.out)) << done.out;
    EXPECT_FALSE(holds_secret(done.err)) << done.err;
    EXPECT_FALSE(holds_secret(content(report())));
    EXPECT_FALSE(holds_secret(content(events())));
    for (const SecureServer* server : {source_server_, target_server_}) {
      const std::string log = content(server->cluster().folder() + "/log");
      // Ours: the test has set the password itself, before any copy.
      EXPECT_FALSE(holds_secret(log)) << log;
    }
    const ProcessResult kept = support::run_command({"pg_dump", "-d", target_.uri()});
    EXPECT_FALSE(holds_secret(kept.out)) << "in the target, the journal included";
    EXPECT_TRUE(fs::is_empty(scratch_.path()));
  }

  static inline SecureServer* source_server_ = nullptr;
  static inline SecureServer* target_server_ = nullptr;
  const support::Database source_{source_server_->cluster()};
  const support::Database target_{target_server_->cluster()};
  const TemporaryFolder files_;
  const TemporaryFolder scratch_;  // what pghaul takes for /tmp
};

TEST_F(Secrets, AreNotSeenByAnybodyWhileACopyRuns) {
  Process process(command(), by_environment());
  Onlooker onlooker(process.pid());
  const ProcessResult done = process.wait();
  EXPECT_EQ(onlooker.finish(), (std::set<std::string>{"pg_dump", "pg_restore"}));
  EXPECT_FALSE(onlooker.saw_secret());
  EXPECT_EQ(done.exit_status, 0) << done.err;
  expect_no_secret(done);
}

TEST_F(Secrets, AreCoveredWhereTheyWereGivenAsArguments) {
  Process process(command({source_string(), target_string()}), {{"TMPDIR", scratch_.path()}});
  Onlooker onlooker(process.pid());
  const ProcessResult done = process.wait();
  (void)onlooker.finish();
  EXPECT_FALSE(onlooker.saw_secret());
  EXPECT_EQ(done.exit_status, 0) << done.err;
  expect_no_secret(done);
}

TEST_F(Secrets, AreNotToldByACopyThatStopsHalfWay) {
  source_.psql(
      "create table broken (name text); create unique index broken_name on broken (name);"
      "insert into broken values ('ann');"
      "update pg_index set indisready = false where indexrelid = 'broken_name'::regclass;"
      "insert into broken values ('ann');"
      "update pg_index set indisready = true where indexrelid = 'broken_name'::regclass;");
  const ProcessResult done = support::run_command(command(), by_environment());
  EXPECT_EQ(done.exit_status, 5) << done.err;
  expect_no_secret(done);
}

TEST_F(Secrets, AreNotToldWhenTheyAreWrong) {
  support::Environment environment = by_environment();
  environment["PGHAUL_SOURCE"] = source_server_->with_password("nosuch");
  const ProcessResult no_database = support::run_command(command(), environment);
  EXPECT_EQ(no_database.exit_status, 4) << no_database.err;
  expect_no_secret(no_database);
  environment["PGHAUL_SOURCE"] = "password='" + std::string(kSourceSecret) + "' host";
  const ProcessResult unreadable = support::run_command(command(), environment);
  EXPECT_EQ(unreadable.exit_status, 2) << unreadable.err;
  expect_no_secret(unreadable);
}

TEST_F(Secrets, LeaveNothingBehindWhenPghaulIsKilled) {
  Process process(command(), by_environment());
  Onlooker onlooker(process.pid());
  onlooker.await_restore();
  std::vector<pollfd> children;
  for (const auto& [child, name] : descendants(process.pid())) {
    children.push_back({static_cast<int>(syscall(SYS_pidfd_open, child, 0)), POLLIN, 0});
  }
  process.send(SIGKILL);
  const ProcessResult killed = process.wait();
  (void)onlooker.finish();
  EXPECT_EQ(killed.exit_status, 128 + SIGKILL);
  for (pollfd& child : children) {
    if (child.fd < 0) continue;  // had ended before
    constexpr int kDeadline = 10'000;
    EXPECT_EQ(poll(&child, 1, kDeadline), 1) << "a child lives on";
    close(child.fd);
  }
  expect_no_secret(killed);
}

}  // namespace
}  // namespace pghaul::faults
