#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pghaul::process {

struct Program {
  std::vector<std::string> arguments;              // the first is its path
  std::map<std::string, std::string> environment;  // added to ours, from which all PG* variables are removed
  std::vector<int> descriptors;  // those of ours that it may use; every other is closed to it
};

struct Finished {
  int exit_status = 0;  // 128 + signal when killed
  std::string out;      // the first and the last MiB, where there is more
  std::string err;
};

/// Runs a program without a shell, and waits for it. Its standard input is empty. It ends when we do, also
/// when we are killed.
///
/// `on_error_line`: gets each line of its standard error as it comes, without the line's end.
/// Threads  any; the calling one waits. A stop sends SIGTERM, and SIGKILL a second later.
/// Errors   system: it can't be started; interrupted: stopped.
[[nodiscard]] Result<Finished> run_program(const Program& program, const std::stop_token& stop,
                                           const std::function<void(std::string_view)>& on_error_line = {});

}  // namespace pghaul::process
