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

namespace pghaul::platform {
namespace {

/// A file without a name, which a program writes to: a server that it leaves running holds no pipe of ours
/// open.
class Capture {
 public:
  Capture() : descriptor_(::memfd_create("output", MFD_CLOEXEC)) {
    if (descriptor_ < 0)
      throw std::system_error(errno, std::generic_category(), "cannot make a file in memory");
  }
  ~Capture() { ::close(descriptor_); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::string text() const {
    std::string all;
    std::array<char, 65536> part;
    for (ssize_t got = 0;
         (got = ::pread(descriptor_, part.data(), part.size(), static_cast<off_t>(all.size()))) > 0;) {
      all.append(part.data(), static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  int descriptor_;
};

std::string last_lines(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  constexpr std::size_t kMost = 2000;
  return text.size() > kMost ? text.substr(text.size() - kMost) : text;
}

/// Starts it with no signal blocked, whatever this process blocks; returns its pid, or the negated errno.
pid_t start(const std::vector<std::string>& argv, const Capture& out, const Capture& err) {
  std::vector<char*> arguments;
  for (const std::string& one : argv) arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.descriptor(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, argv[0].c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? pid : -error;
}

}  // namespace

Result<std::string> run_program(const std::vector<std::string>& argv) {
  const Capture out;
  const Capture err;
  const pid_t pid = start(argv, out, err);
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

}  // namespace pghaul::platform
