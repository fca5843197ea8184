#include "process/supervised_command.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

namespace pghaul::process {
namespace {

SupervisedCommand started(const std::string& command) {
  Result<SupervisedCommand> command_started = start_supervised(command, "the command");
  if (!command_started) throw std::runtime_error(command_started.error().message);
  return std::move(*command_started);
}

/// All that comes until whoever could send has gone.
std::string read_all(const Descriptor& from) {
  std::string all;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = read(from.number(), buffer.data(), buffer.size())) > 0;) {
    all.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return all;
}

std::string read_line(const Descriptor& from) {
  std::string line;
  for (char c = 0; read(from.number(), &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

TEST(SupervisedCommand, IsSpokenToByItsStandardStreams) {
  SupervisedCommand command = started("cat; echo problem >&2; exit 3");
  ASSERT_EQ(write(command.input.number(), "words", 5), 5);
  command.input.reset();
  EXPECT_EQ(read_all(command.output), "words");
  EXPECT_EQ(read_all(command.errors), "problem\n");
  EXPECT_EQ(WEXITSTATUS(*command.child.wait()), 3);
}

TEST(SupervisedCommand, EndsByTheSignalThatEndsIt) {
  SupervisedCommand command = started("kill -USR1 $$");
  EXPECT_EQ(WTERMSIG(*command.child.wait()), SIGUSR1);
}

TEST(SupervisedCommand, TakesAlongWhatItHasLeftBehind) {
  SupervisedCommand command = started("sleep 1000 & echo done");
  EXPECT_EQ(read_all(command.output), "done\n");  // until the last one that holds it has gone
}

TEST(SupervisedCommand, IsAskedToEndFirstAndThenKilledWithAllThatItHasStarted) {
  SupervisedCommand command =
      started("trap 'echo asked' TERM; sleep 1000 & echo ready; while :; do wait; done");
  EXPECT_EQ(read_line(command.output), "ready");
  command.child.send(SIGTERM);
  EXPECT_EQ(read_line(command.output), "asked");
  command.child.send(SIGTERM);
  EXPECT_EQ(WTERMSIG(*command.child.wait()), SIGKILL);
  EXPECT_EQ(read_all(command.output), "");
}

TEST(SupervisedCommand, IsBrokenOffWhileAnotherThreadReads) {
  SupervisedCommand command = started("sleep 1000");
  shutdown(command.output.number(), SHUT_RDWR);
  EXPECT_EQ(read_all(command.output), "");
}

TEST(SupervisedCommand, SeesNoneOfOurPostgresVariables) {
  setenv("PGPASSWORD", "secret", 1);
  SupervisedCommand command = started("env");
  unsetenv("PGPASSWORD");
  const std::string seen = read_all(command.output);
  EXPECT_EQ(seen.find("PGPASSWORD"), std::string::npos);
  EXPECT_NE(seen.find("PATH="), std::string::npos);
}

}  // namespace
}  // namespace pghaul::process
