#include "support/process.h"

#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace pghaul::support {
namespace {

[[noreturn]] void fail(int error, const std::string& doing) {
  throw std::runtime_error("cannot " + doing + ": " + std::generic_category().message(error));
}

/// Keeps copies made by tests out of the history of the user who runs them.
[[maybe_unused]] const bool kOwnHistory =
    setenv("XDG_STATE_HOME", ("/tmp/pghaul-tests-state-" + std::to_string(getuid())).c_str(), 1) == 0;

std::vector<std::string> merged(const Environment& additions) {
  Environment variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : additions) variables[name] = value;
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) entries.push_back(name + '=' + value);
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (std::string& string : strings) list.push_back(string.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

Process::Process(const std::vector<std::string>& argv, const Environment& environment,
                 const std::string& input)
    : input_(input) {
  std::vector<std::string> arguments = argv;
  std::vector<std::string> variables = merged(environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input_.descriptor(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out_.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err_.descriptor(), STDERR_FILENO);
  const int error = posix_spawnp(&pid_, arguments.at(0).c_str(), &actions, nullptr,
                                 pointers(arguments).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) fail(error, "start " + argv[0]);
}

Process::~Process() {
  if (pid_ == 0) return;
  send(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Process::send(int signal) const {
  if (pid_ != 0) ::kill(pid_, signal);
}

bool Process::ends_within(std::chrono::milliseconds time) const {
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (handle < 0) fail(errno, "watch a process");
  const auto end = std::chrono::steady_clock::now() + time;
  int ready = 0;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd ended = {handle, POLLIN, 0};
    ready = ::poll(&ended, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
  } while (ready < 0 && errno == EINTR);
  ::close(handle);
  return ready == 1;
}

ProcessResult Process::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) fail(errno, "wait for a process");
  }
  pid_ = 0;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out_.content(), err_.content()};
}

Process::MemoryFile::MemoryFile(const std::string& content)
    : descriptor_(::memfd_create("process", MFD_CLOEXEC)) {
  if (descriptor_ < 0) fail(errno, "make a file in memory");
  for (std::size_t written = 0; written < content.size();) {
    const ssize_t more = ::pwrite(descriptor_, content.data() + written, content.size() - written,
                                  static_cast<off_t>(written));
    if (more < 0) fail(errno, "fill a file in memory");
    written += static_cast<std::size_t>(more);
  }
}

Process::MemoryFile::~MemoryFile() {
  ::close(descriptor_);
}

std::string Process::MemoryFile::content() const {
  struct stat properties = {};
  if (::fstat(descriptor_, &properties) != 0) fail(errno, "measure a file in memory");
  std::string text(static_cast<std::size_t>(properties.st_size), '\0');
  std::size_t read = 0;
  while (read < text.size()) {
    const ssize_t more =
        ::pread(descriptor_, text.data() + read, text.size() - read, static_cast<off_t>(read));
    if (more <= 0) fail(errno, "read a file in memory");
    read += static_cast<std::size_t>(more);
  }
  return text;
}

ProcessResult run_command(const std::vector<std::string>& argv, const Environment& environment,
                          const std::string& input) {
  return Process(argv, environment, input).wait();
}

}  // namespace pghaul::support
