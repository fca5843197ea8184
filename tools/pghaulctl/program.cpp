#include "program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <thread>

namespace pghaul::platform {
namespace {

std::string last_lines(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  constexpr std::size_t kMost = 2000;
  return text.size() > kMost ? text.substr(text.size() - kMost) : text;
}

/// What a program's descriptors are, and which signals it does not get.
struct Surroundings {
  int input = -1;  // -1: /dev/null
  int output = -1;
  int errors = -1;
  bool keeps_interrupts = false;  // Ctrl-C is not for it
  const char* folder = nullptr;   // where it works; nullptr: where we do
};

/// Starts it with no other signal blocked, whatever this process blocks; returns its pid, or the negated
/// errno.
pid_t start(const std::vector<std::string>& argv, const Surroundings& with) {
  std::vector<char*> arguments;
  for (const std::string& one : argv) arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (with.input < 0) posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (with.input >= 0) posix_spawn_file_actions_adddup2(&actions, with.input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, with.output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, with.errors, STDERR_FILENO);
  if (with.folder != nullptr) posix_spawn_file_actions_addchdir_np(&actions, with.folder);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t blocked;
  sigemptyset(&blocked);
  if (with.keeps_interrupts) sigaddset(&blocked, SIGINT);
  if (with.keeps_interrupts) sigaddset(&blocked, SIGQUIT);
  posix_spawnattr_setsigmask(&attributes, &blocked);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, argv[0].c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? pid : -error;
}

}  // namespace

Capture::Capture() : descriptor_(::memfd_create("output", MFD_CLOEXEC)) {
  if (descriptor_ < 0)
    throw std::system_error(errno, std::generic_category(), "cannot make a file in memory");
}

Capture::~Capture() {
  ::close(descriptor_);
}

std::string Capture::text() const {
  std::string all;
  std::array<char, 65536> part;
  for (ssize_t got = 0;
       (got = ::pread(descriptor_, part.data(), part.size(), static_cast<off_t>(all.size()))) > 0;) {
    all.append(part.data(), static_cast<std::size_t>(got));
  }
  return all;
}

Result<std::string> run_program(const std::vector<std::string>& argv, const char* folder) {
  const Capture out;
  const Capture err;
  const pid_t pid = start(argv, {.output = out.descriptor(), .errors = err.descriptor(), .folder = folder});
  if (pid < 0) {
    return refused(fmt::format("cannot start {}: {}", argv[0], std::strerror(-pid)),
                   "is the Debian package postgresql-common installed?");
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "cannot wait for " + argv[0]);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return out.text();
  const std::string said = err.text();
  return refused(fmt::format("{} failed: {}", argv[0], last_lines(said.empty() ? out.text() : said)));
}

Result<std::unique_ptr<RunningCommand>> RunningCommand::start(const std::string& command, int connection) {
  std::unique_ptr<RunningCommand> started(new RunningCommand);
  const pid_t pid = platform::start({"/bin/sh", "-c", command}, {.input = connection,
                                                                 .output = connection,
                                                                 .errors = started->errors_.descriptor(),
                                                                 .keeps_interrupts = true});
  if (pid < 0) return refused(fmt::format("cannot start '{}': {}", command, std::strerror(-pid)));
  started->pid_ = pid;
  return started;
}

RunningCommand::~RunningCommand() {
  if (pid_ < 0 || ends_within(std::chrono::seconds(2))) return;
  ::kill(pid_, SIGTERM);
  if (ends_within(std::chrono::seconds(2))) return;
  ::kill(pid_, SIGKILL);
  (void)ends_within(std::chrono::hours(1));
}

std::string RunningCommand::last_words() {
  const bool ended = ends_within(std::chrono::seconds(1));
  const std::string said = last_lines(errors_.text());
  if (!said.empty()) return said;
  if (!ended) return "it says nothing";
  return WIFEXITED(status_) ? fmt::format("it ended with status {}", WEXITSTATUS(status_))
                            : fmt::format("it was ended by signal {}", WTERMSIG(status_));
}

bool RunningCommand::ends_within(std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kBetweenLooks{5};
  const auto deadline = std::chrono::steady_clock::now() + time;
  while (!ended_) {
    const pid_t waited = ::waitpid(pid_, &status_, WNOHANG);
    ended_ = waited == pid_ || (waited < 0 && errno != EINTR);
    if (ended_ || std::chrono::steady_clock::now() > deadline) break;
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return ended_;
}

}  // namespace pghaul::platform
