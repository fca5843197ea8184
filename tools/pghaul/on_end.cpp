#include "on_end.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <vector>

namespace pghaul::command {
namespace {

tl::unexpected<Failure> failed(const std::string& why) {
  return tl::make_unexpected(Failure{"the command of --on-end failed: " + why, {}, {}});
}

/// Returns this process's environment with the variables in front of it.
std::vector<std::string> environment_with(std::vector<std::string> variables) {
  for (char** one = environ; *one != nullptr; ++one) {
    if (!std::string_view(*one).starts_with("PGHAUL_END_")) variables.emplace_back(*one);
  }
  return variables;
}

/// Undoes what this process does to signals: it blocks some, and ignores SIGPIPE.
void with_usual_signals(posix_spawnattr_t& attributes) {
  sigset_t none;
  sigset_t usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

}  // namespace

tl::expected<void, Failure> run_on_end(const std::string& command, const nlohmann::json& report,
                                       const std::string& report_file, int exit_status) {
  if (command.empty()) return {};
  std::vector<std::string> variables = environment_with(
      {"PGHAUL_END_EXIT_STATUS=" + std::to_string(exit_status), "PGHAUL_END_VERB=" + report.value("verb", ""),
       "PGHAUL_END_STATUS=" + report.value("status", ""),
       fmt::format("PGHAUL_END_SECONDS={}", report.value("seconds", 0.0)),
       "PGHAUL_END_PARTIAL=" + std::string(report.value("partial", false) ? "1" : "0"),
       "PGHAUL_END_ERROR=" + report.value("/error/message"_json_pointer, ""),
       "PGHAUL_END_REPORT=" + report_file});
  std::vector<char*> environment;
  for (std::string& one : variables) environment.push_back(one.data());
  environment.push_back(nullptr);
  std::string text = command;
  std::string shell = "/bin/sh";
  std::string option = "-c";
  std::array<char*, 4> arguments{shell.data(), option.data(), text.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  with_usual_signals(attributes);
  pid_t child = 0;
  const int error =
      posix_spawn(&child, shell.c_str(), &actions, &attributes, arguments.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return failed(std::strerror(error));
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return failed(std::strerror(errno));
  }
  if (WIFSIGNALED(status)) return failed(fmt::format("it was killed by signal {}", WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) return failed(fmt::format("it ended with status {}", WEXITSTATUS(status)));
  return {};
}

}  // namespace pghaul::command
