#include "support/cluster.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

#include "support/database.h"
#include "support/process.h"

namespace pghaul::support {
namespace {

constexpr const char* kThrowawayServer = PGHAUL_ROOT "/tools/throwaway-server";

/// A process that is no child of ours; names the one that has the number now, whoever gets it later.
class OtherProcess {
 public:
  explicit OtherProcess(pid_t pid) : descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~OtherProcess() { ::close(descriptor_); }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  [[nodiscard]] bool found() const { return descriptor_ >= 0; }
  void wait_for_its_end() const {
    pollfd ended = {descriptor_, POLLIN, 0};
    ::poll(&ended, 1, -1);
  }

 private:
  int descriptor_;
};

pid_t server_of(const Cluster& cluster) {
  std::ifstream file(cluster.folder() + "/data/postmaster.pid");
  pid_t pid = 0;
  file >> pid;
  return pid;
}

/// The value of a line `name=value`.
std::string value_of(const std::string& name, const std::string& lines) {
  const std::size_t start = lines.find(name + '=') + name.size() + 1;
  return lines.substr(start, lines.find('\n', start) - start);
}

TEST(Cluster, AnswersOnItsSocketAndByTcp) {
  const Cluster cluster({.settings = {{"log_line_prefix", "it's ours"}}});
  EXPECT_EQ(cluster.psql("postgres", "show log_line_prefix; show fsync"), "it's ours\noff");
  const ProcessResult by_tcp =
      run_command({"psql", "-XAtd", cluster.tcp_uri("postgres"), "-c", "select inet_server_port()"});
  EXPECT_EQ(by_tcp.out, std::to_string(cluster.port()) + '\n') << by_tcp.err;
}

TEST(Cluster, LeavesNoProcessAndNoFolder) {
  std::string folder;
  std::string socket_dir;
  const auto server = [&] {
    const Cluster cluster;
    folder = cluster.folder();
    socket_dir = cluster.socket_dir();
    return std::make_unique<OtherProcess>(server_of(cluster));
  }();
  ASSERT_TRUE(server->found());
  server->wait_for_its_end();
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_FALSE(std::filesystem::exists(socket_dir));
}

TEST(Cluster, GoesWhenItsOwnerIsKilled) {
  const std::string folder = "/tmp/pghaul-owned-" + std::to_string(::getpid());
  Process owner({"sleep", "infinity"});
  const ProcessResult started =
      run_command({kThrowawayServer, "start", folder, "--owner", std::to_string(owner.pid())});
  ASSERT_EQ(started.exit_status, 0) << started.err;
  const OtherProcess server(std::stoi(value_of("pid", started.out)));
  std::ifstream state(folder + "/state");
  const OtherProcess watcher(
      std::stoi(value_of("watcher", std::string(std::istreambuf_iterator<char>(state), {}))));
  ASSERT_TRUE(server.found() && watcher.found());

  owner.send(SIGKILL);
  EXPECT_EQ(owner.wait().exit_status, 128 + SIGKILL);
  server.wait_for_its_end();
  watcher.wait_for_its_end();
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(Cluster, RecoversOnTheSamePortAfterAnImmediateStop) {
  Cluster cluster;
  const std::string uri = cluster.uri("postgres");
  cluster.psql("postgres", "create table kept as select 42 as answer");
  cluster.stop_immediate();
  cluster.restart();
  EXPECT_EQ(cluster.uri("postgres"), uri);
  EXPECT_EQ(cluster.psql("postgres", "select answer from kept"), "42");
}

TEST(Cluster, SaysWhatTheServerLoggedWhenItDoesNotStart) {
  try {
    const Cluster cluster({.settings = {{"shared_buffers", "plenty"}}});
    FAIL() << "started";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("invalid value for parameter \"shared_buffers\""),
              std::string::npos)
        << error.what();
  }
}

TEST(Cluster, PutsItsSocketElsewhereWhereItsPathWouldBeTooLong) {
  const std::string folder = "/tmp/pghaul-" + std::to_string(::getpid()) + std::string(90, 'x');
  const ProcessResult started = run_command({kThrowawayServer, "start", folder});
  ASSERT_EQ(started.exit_status, 0) << started.err;
  const ProcessResult answer =
      run_command({"psql", "-XAtd", value_of("uri", started.out), "-c", "select 'here'"});
  const ProcessResult stopped = run_command({kThrowawayServer, "stop", folder, "--remove"});
  EXPECT_EQ(answer.out, "here\n") << answer.err;
  EXPECT_EQ(stopped.exit_status, 0) << stopped.err;
  EXPECT_FALSE(std::filesystem::exists(value_of("socket", started.out)));
}

TEST(Cluster, TakesOnlyAnEmptyFolder) {
  const ProcessResult refused = run_command({kThrowawayServer, "start", PGHAUL_ROOT "/tools"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_EQ(refused.err, "throwaway-server: " PGHAUL_ROOT "/tools is not empty\n");
  EXPECT_TRUE(std::filesystem::exists(kThrowawayServer));
}

TEST(Database, IsEmptyAndGoneAfterwards) {
  std::string name;
  {
    const Database source(shared_source());
    const Database target(shared_target());
    name = source.name();
    EXPECT_NE(source.name(), target.name());
    source.psql("create table t (i int); insert into t values (1), (2)");
    EXPECT_EQ(source.psql("select i, i * 10 from t order by i"), "1|10\n2|20");
    EXPECT_EQ(target.psql("select count(*) from pg_tables where schemaname = 'public'"), "0");
  }
  EXPECT_EQ(
      shared_source().psql("postgres", "select count(*) from pg_database where datname = '" + name + "'"),
      "0");
}

}  // namespace
}  // namespace pghaul::support
