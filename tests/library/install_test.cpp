// The installed files, used from outside of the tree: docs/examples, built and run against them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/database.h"
#include "support/process.h"

namespace pghaul {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using support::Database;
using support::Environment;
using support::ProcessResult;

const std::string kPrefix = PGHAUL_PREFIX;  // where the fixture `installed` has put everything
const std::string kExamples = PGHAUL_ROOT "/docs/examples";
const std::string kSanitize = *PGHAUL_SANITIZE ? "-fsanitize=" PGHAUL_SANITIZE : "-g";

class Installed : public testing::Test {
 protected:
  Installed() : folder_(fs::temp_directory_path() / ("pghaul-consumer-" + std::to_string(getpid()))) {
    fs::create_directory(folder_);
    source_.psql(
        "create table things (id bigint primary key);"
        "insert into things select generate_series(1, 1000)");
  }
  ~Installed() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string built(const std::string& name) const { return folder_ / name; }
  /// Python, which isn't built with sanitizers, needs theirs beforehand to load a library that is; the
  /// programs that the library starts must not get it, too: pg_dump hangs.
  [[nodiscard]] ProcessResult run_python(const std::string& script) const {
    Environment environment{{"LD_LIBRARY_PATH", kPrefix + "/lib"}};
    if (*PGHAUL_SANITIZERS) {
      environment.insert({{"LD_PRELOAD", PGHAUL_SANITIZERS}, {"ASAN_OPTIONS", "detect_leaks=0"}});
    }
    const std::string start =
        "import os, runpy, sys; os.environ.pop('LD_PRELOAD', None); del sys.argv[0]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')";
    return run({"python3", "-c", start, script}, environment);
  }
  [[nodiscard]] ProcessResult run(std::vector<std::string> command, const Environment& with) const {
    command.push_back(source_.uri());
    command.push_back(target_.uri());
    return support::run_command(command, with);
  }
  /// Runs the compiler with what pkg-config says.
  [[nodiscard]] ProcessResult compile(const std::string& what) const {
    return support::run_command({"sh", "-c", what},
                                {{"PKG_CONFIG_PATH", kPrefix + "/lib/pkgconfig"}, {"SANITIZE", kSanitize}});
  }
  void expect_copied() const { EXPECT_EQ(target_.psql("select count(*) from things"), "1000"); }

  const fs::path folder_;
  const Database source_{support::shared_source()};
  const Database target_{support::shared_target()};
};

TEST_F(Installed, ServesCByPkgConfig) {
  const ProcessResult compiled =
      compile("cc $SANITIZE -std=c11 -Wall -Wextra -Wpedantic -Werror " + kExamples + "/copy.c -o " +
              built("copy") + " $(pkg-config --cflags --libs pghaul) -pthread");
  ASSERT_EQ(compiled.exit_status, 0) << compiled.err;
  const ProcessResult copied = run({built("copy")}, {{"LD_LIBRARY_PATH", kPrefix + "/lib"}});
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  expect_copied();

  // The library writes nothing by itself: all there is is what the example prints.
  EXPECT_EQ(json::parse(copied.out).at("status"), "verified");
  std::istringstream events(copied.err);
  for (std::string line; std::getline(events, line);) EXPECT_TRUE(json::accept(line)) << line;
}

TEST_F(Installed, ServesCStaticallyByPkgConfig) {
  const ProcessResult compiled = compile("cc $SANITIZE " + kExamples + "/copy.c -o " + built("copy") +
                                         " $(pkg-config --cflags --libs --static pghaul | sed "
                                         "'s/-lpghaul/-l:libpghaul.a/')");
  ASSERT_EQ(compiled.exit_status, 0) << compiled.err;
  const ProcessResult copied = run({built("copy")}, {});
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  expect_copied();
}

TEST_F(Installed, ServesCAndCppByCMake) {
  const ProcessResult configured =
      support::run_command({"cmake", "-S", kExamples, "-B", built("build"), "-DCMAKE_PREFIX_PATH=" + kPrefix,
                            "-DCMAKE_C_FLAGS=" + kSanitize, "-DCMAKE_CXX_FLAGS=" + kSanitize});
  ASSERT_EQ(configured.exit_status, 0) << configured.out << configured.err;
  const ProcessResult made = support::run_command({"cmake", "--build", built("build")});
  ASSERT_EQ(made.exit_status, 0) << made.out << made.err;

  EXPECT_EQ(run({built("build/copy")}, {}).exit_status, 0);
  expect_copied();
  const ProcessResult same = run({built("build/verify")}, {});
  EXPECT_EQ(same.exit_status, 0) << same.err;
  EXPECT_NE(same.out.find("the same, says pghaul"), std::string::npos) << same.out;
  target_.psql("delete from things where id = 7");
  const ProcessResult different = run({built("build/verify")}, {});
  EXPECT_EQ(different.exit_status, 1);
  EXPECT_NE(different.err.find("mismatch: "), std::string::npos) << different.err;
}

TEST_F(Installed, ServesPython) {
  const ProcessResult copied = run_python(kExamples + "/copy.py");
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_NE(copied.out.find("verified: 1 tables"), std::string::npos) << copied.out;
  expect_copied();
  const ProcessResult refused = run_python(kExamples + "/copy.py");
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_NE(refused.err.find("refused: "), std::string::npos) << refused.err;
}

TEST_F(Installed, ServesAShellThatFollowsTheEvents) {
  const std::string path = kPrefix + "/bin:" + getenv("PATH");
  const ProcessResult copied = run({kExamples + "/follow-events"}, {{"PATH", path}});
  EXPECT_EQ(copied.exit_status, 0) << copied.err;
  EXPECT_EQ(copied.out.substr(0, 8), "copying\n");
  EXPECT_NE(copied.out.find("it is verified\n"), std::string::npos) << copied.out;
  expect_copied();
  EXPECT_EQ(run({kExamples + "/follow-events"}, {{"PATH", path}}).exit_status, 3);
}

/// Calls the function of `complete -F` with these words, the first of which is the program; returns its
/// results.
std::string completed(const std::string& words) {
  const std::string program = words.substr(0, words.find(' '));
  const std::string script = "source " + kPrefix + "/share/bash-completion/completions/" + program +
                             "; compopt() { :; }; COMP_WORDS=(" + words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _" + program +
                             "; echo \"${COMPREPLY[*]}\"";
  const ProcessResult done = support::run_command({"bash", "-euc", script});
  EXPECT_EQ(done.err, "");
  return done.out;
}

TEST_F(Installed, CompletesInBash) {
  EXPECT_EQ(completed("pghaul ver"), "verify\n");
  EXPECT_EQ(completed("pghaul copy --conf"), "--confirm --confirm-larger\n");
  EXPECT_EQ(completed("pghaul copy --verify c"), "counts checksums\n");
  EXPECT_EQ(completed("pghaul copy --verify = ch"), "checksums\n");
  EXPECT_EQ(completed("pghaul copy --verify ="), "none counts checksums\n");
  EXPECT_EQ(completed("pghaul copy --events " + kPrefix + "/inc"), kPrefix + "/include\n");
  EXPECT_EQ(completed("pghaul copy ser"), "\n");
  EXPECT_EQ(completed("pghaulctl chan"), "changeover\n");
  EXPECT_EQ(completed("pghaulctl changeover --wi"), "--within\n");
}

/// The verbs that a program's --help lists.
std::vector<std::string> verbs(const std::string& program) {
  const std::string help = support::run_command({kPrefix + "/bin/" + program, "--help"}).out;
  std::istringstream lines(help.substr(help.find("Verbs:\n") + 7));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line) && line.starts_with("  ");) {
    all.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return all;
}

TEST_F(Installed, HasAManualPageOfEveryVerb) {
  for (const std::string program : {"pghaul", "pghaulctl"}) {
    const std::string folder = kPrefix + "/share/man/man1/" + program;
    EXPECT_TRUE(fs::exists(folder + ".1"));
    ASSERT_GE(verbs(program).size(), 4u);
    for (const std::string& verb : verbs(program))
      EXPECT_TRUE(fs::exists(folder + "-" + verb + ".1")) << verb;
  }
}

}  // namespace
}  // namespace pghaul
