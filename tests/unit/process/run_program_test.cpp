#include "process/run_program.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include "process/private_file.h"

namespace pghaul::process {
namespace {

Program shell(const std::string& script) {
  return {{"/bin/sh", "-c", script}, {}, {}};
}

Finished run(const Program& program) {
  const Result<Finished> finished = run_program(program, std::stop_token{});
  EXPECT_TRUE(finished) << finished.error().message;
  return finished ? *finished : Finished{};
}

/// Waits until a process that is not ours to reap has gone.
bool goes_away(pid_t pid) {
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) return errno == ESRCH;
  pollfd wait = {descriptor, POLLIN, 0};
  const bool gone = poll(&wait, 1, 60'000) == 1;
  close(descriptor);
  return gone;
}

/// A pipe through which a child sends its process id.
class Telling {
 public:
  Telling() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~Telling() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Telling(const Telling&) = delete;
  Telling& operator=(const Telling&) = delete;

  [[nodiscard]] Program sleeper() const { return shell_that_tells("echo $$ >&OUT; exec sleep 1000"); }
  [[nodiscard]] Program shell_that_tells(std::string script) const {
    script.replace(script.find("OUT"), 3, std::to_string(ends_[1]));
    Program program = shell(script);
    program.descriptors = {ends_[1]};
    return program;
  }
  [[nodiscard]] pid_t pid() const {
    std::array<char, 32> text = {};
    EXPECT_GT(read(ends_[0], text.data(), text.size() - 1), 0);
    return std::atoi(text.data());
  }

 private:
  std::array<int, 2> ends_ = {-1, -1};
};

TEST(ChildProcess, GivesOutputErrorsAndStatus) {
  const Finished finished = run(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(finished.exit_status, 3);
  EXPECT_EQ(finished.out, "out\n");
  EXPECT_EQ(finished.err, "err\n");
}

TEST(ChildProcess, HasAnEmptyInput) {
  EXPECT_EQ(run(shell("wc -c")).out, "0\n");
}

TEST(ChildProcess, KilledByASignalEndsWith128AndTheSignal) {
  EXPECT_EQ(run(shell("kill -TERM $$")).exit_status, 128 + SIGTERM);
}

TEST(ChildProcess, IsNotTakenForASuccessWhenNobodyCanTellHowItEnded) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  const Result<Finished> finished = run_program(shell("exit 3"), std::stop_token{});
  std::signal(SIGCHLD, before);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::system);
  EXPECT_NE(finished.error().message.find("cannot learn how /bin/sh ended"), std::string::npos);
}

TEST(ChildProcess, ThatIsMissingCanNotBeStarted) {
  const Result<Finished> finished = run_program({{"/nowhere/pg_dump"}, {}, {}}, std::stop_token{});
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::system);
  EXPECT_EQ(finished.error().message, "cannot start /nowhere/pg_dump: No such file or directory");
}

TEST(ChildProcess, SeesNoneOfOurPostgresVariables) {
  setenv("PGPASSWORD", "secret", 1);
  setenv("PGHAUL_SOURCE", "postgresql://x:secret@y/z", 1);
  setenv("PGHOST", "elsewhere", 1);
  Program program = {{"/usr/bin/env"}, {{"PGPASSFILE", "/given"}, {"LC_ALL", "C"}}, {}};
  const std::string seen = run(program).out;
  unsetenv("PGPASSWORD");
  unsetenv("PGHAUL_SOURCE");
  unsetenv("PGHOST");
  EXPECT_EQ(seen.find("secret"), std::string::npos);
  EXPECT_EQ(seen.find("PGHOST"), std::string::npos);
  EXPECT_NE(seen.find("PGPASSFILE=/given\n"), std::string::npos);
  EXPECT_NE(seen.find("LC_ALL=C\n"), std::string::npos);
  EXPECT_NE(seen.find("PATH="), std::string::npos);
}

TEST(ChildProcess, InheritsOnlyTheDescriptorsItIsGiven) {
  const Result<PrivateFile> given = PrivateFile::create("for you");
  const Result<PrivateFile> kept = PrivateFile::create("not for you");
  ASSERT_TRUE(given && kept);
  const int leaky = dup(kept->descriptor());  // dup() clears close-on-exec
  Program program = shell("cat " + given->path() + "; cat /proc/self/fd/" + std::to_string(leaky));
  program.descriptors = {given->descriptor()};
  const Finished finished = run(program);
  close(leaky);
  EXPECT_EQ(finished.out, "for you");
  EXPECT_NE(finished.exit_status, 0);
}

TEST(ChildProcess, MayWriteMoreThanWeKeep) {
  const Finished finished = run(shell("echo first; yes | head -c 20000000; echo last"));
  EXPECT_TRUE(finished.out.starts_with("first\ny\n"));
  EXPECT_TRUE(finished.out.ends_with("y\nlast\n"));
  EXPECT_NE(finished.out.find(" bytes left out]"), std::string::npos);
  EXPECT_LT(finished.out.size(), 3'000'000U);
}

TEST(ChildProcess, TellsEachLineOfItsErrors) {
  std::vector<std::string> lines;
  const Result<Finished> finished = run_program(shell("printf 'one\\n\\ntwo\\nthree' >&2"), std::stop_token{},
                                                [&](std::string_view line) { lines.emplace_back(line); });
  ASSERT_TRUE(finished);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "", "two", "three"}));
}

TEST(ChildProcess, TellsAVeryLongLineInPart) {
  std::vector<std::size_t> lengths;
  const Result<Finished> finished =
      run_program(shell("head -c 3000000 /dev/zero >&2; echo >&2; echo x >&2"), std::stop_token{},
                  [&](std::string_view line) { lengths.push_back(line.size()); });
  ASSERT_TRUE(finished);
  EXPECT_EQ(lengths, (std::vector<std::size_t>{65536, 1}));
}

TEST(ChildProcess, IsNotStartedOnceStopped) {
  std::stop_source stop;
  stop.request_stop();
  const Result<Finished> finished = run_program({{"/nowhere"}, {}, {}}, stop.get_token());
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::interrupted);
}

TEST(ChildProcess, EndsWhenStopped) {
  const Telling telling;
  std::stop_source stop;
  Result<Finished> finished = fail(ErrorCode::internal, "did not run");
  std::thread runner([&] { finished = run_program(telling.sleeper(), stop.get_token()); });
  const pid_t pid = telling.pid();
  stop.request_stop();
  runner.join();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::interrupted);
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(ChildProcess, EndsWhenStoppedThoughItDoesNotListen) {
  const Telling telling;
  std::stop_source stop;
  Program program = telling.sleeper();
  program.arguments.back() = "trap '' TERM; " + program.arguments.back();
  Result<Finished> finished = fail(ErrorCode::internal, "did not run");
  std::thread runner([&] { finished = run_program(program, stop.get_token()); });
  const pid_t pid = telling.pid();
  stop.request_stop();
  runner.join();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::interrupted);
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(ChildProcess, LeavesNoneOfItsOwnChildrenBehind) {
  const Telling telling;
  run(telling.shell_that_tells("sleep 1000 & echo $! >&OUT"));
  EXPECT_TRUE(goes_away(telling.pid()));
}

TEST(ChildProcess, GoesWhenWeAreKilled) {
  const Telling telling;
  const Program program = telling.sleeper();
  const pid_t parent = fork();
  if (parent == 0) {
    (void)run_program(program, std::stop_token{});
    _exit(0);
  }
  const pid_t sleeper = telling.pid();
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(goes_away(sleeper));
}

}  // namespace
}  // namespace pghaul::process
