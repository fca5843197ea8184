#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/process.h"

namespace pghaul {
namespace {

using support::ProcessResult;
using support::run_command;

ProcessResult pghaul(std::vector<std::string> arguments, const support::Environment& environment = {}) {
  arguments.insert(arguments.begin(), PGHAUL_COMMAND);
  return run_command(arguments, environment);
}

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(CommandLine, TellsTheVersionAndHelpsOnStandardOutput) {
  EXPECT_EQ(pghaul({"--version"}).out, "pghaul 0.1.0\n");
  const ProcessResult help = pghaul({"copy", "--help"});
  EXPECT_EQ(help.exit_status, 0);
  EXPECT_TRUE(help.out.starts_with("usage: pghaul copy")) << help.out;
  EXPECT_EQ(help.err, "");
}

TEST(CommandLine, IsWrongWithStatus2AndOnStandardError) {
  const ProcessResult wrong = pghaul({"copy", "--jbos", "4", "a", "b"});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_EQ(wrong.out, "");
  EXPECT_TRUE(wrong.err.starts_with("pghaul: error: copy has no option --jbos\n  hint: did you mean --jobs?"))
      << wrong.err;
}

TEST(CommandLine, IsWrongWhenTheReportHasNoPlaceToGo) {
  const ProcessResult wrong = pghaul({"copy", "--report", "/nowhere/run.json", "a", "b"});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_NE(wrong.err.find("'/nowhere/run.json': No such file or directory"), std::string::npos) << wrong.err;
}

TEST(CommandLine, IsWrongWhereAnOptionNeedsAnotherOne) {
  const ProcessResult wrong = pghaul({"copy", "--slot-limit", "1GB", "host=/nowhere", "host=/nowhere"});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_NE(wrong.err.find("give --follow, or leave --slot-limit out"), std::string::npos) << wrong.err;
  const ProcessResult filled = pghaul({"copy", "--filled-at", "0/1", "host=/nowhere", "host=/nowhere"});
  EXPECT_EQ(filled.exit_status, 2);
  EXPECT_NE(filled.err.find("give --follow, too"), std::string::npos) << filled.err;
}

TEST(CommandLine, IsWrongWhereAStandbyIsToBeNarrowed) {
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--prepare-standby", "-t", "a"}, {"--filled-at", "0/1", "--confirm", "a"}}) {
    std::vector<std::string> arguments{"copy", "--follow", "host=/nowhere", "host=/nowhere"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProcessResult wrong = pghaul(arguments);
    EXPECT_EQ(wrong.exit_status, 2);
    EXPECT_NE(wrong.err.find("a standby holds all of its source"), std::string::npos) << wrong.err;
  }
  const ProcessResult wrong =
      pghaul({"copy", "--follow", "--filled-at", "here", "host=/nowhere", "host=/nowhere"});
  EXPECT_NE(wrong.err.find("--filled-at is no LSN"), std::string::npos) << wrong.err;
}

TEST(CommandLine, EndsWithStatus4WhenAServerIsNotThere) {
  const ProcessResult away = pghaul({"copy", "host=/nowhere dbname=a", "host=/nowhere dbname=b"});
  EXPECT_EQ(away.exit_status, 4) << away.err;
  EXPECT_TRUE(away.err.starts_with("pghaul: error: ")) << away.err;
  EXPECT_EQ(away.out, "");
}

TEST(CommandLine, TakesBothEndsFromTheEnvironment) {
  const ProcessResult away =
      pghaul({"verify"}, {{"PGHAUL_SOURCE", "host=/nowhere-a"}, {"PGHAUL_TARGET", "host=/nowhere-b"}});
  EXPECT_EQ(away.exit_status, 4) << away.err;
  EXPECT_NE(away.err.find("/nowhere-"), std::string::npos) << away.err;
}

TEST(CommandLine, ShowsNoPasswordInTheProcessList) {
  const std::string events =
      std::filesystem::temp_directory_path() / ("pghaul-events-" + std::to_string(getpid()));
  ASSERT_EQ(mkfifo(events.c_str(), 0600), 0);
  const support::Process process({PGHAUL_COMMAND, "copy", "--events", events,
                                  "postgres://app:hush@localhost/a", "host=/nowhere dbname=b password=hush"});
  const std::ifstream reader(events);  // waits until the other side opens it, by when the arguments were read
  const std::string arguments = content_of("/proc/" + std::to_string(process.pid()) + "/cmdline");
  std::filesystem::remove(events);
  EXPECT_NE(arguments.find("postgres://app:xxxx@localhost/a"), std::string::npos) << arguments;
  EXPECT_EQ(arguments.find("hush"), std::string::npos) << arguments;
}

}  // namespace
}  // namespace pghaul
