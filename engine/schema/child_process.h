#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pghaul::schema {

struct Finished {
  int exit_status = 0;  // 128 + signal when killed
  std::string out;
  std::string err;
};

/// Runs a program without a shell, and waits for it. It is killed when `stop` is requested.
/// `environment` is added to ours. Standard input is empty.
/// Errors  system: it can't be started; interrupted: stopped.
[[nodiscard]] Result<Finished> run_program(
    const std::vector<std::string>& arguments,
    const std::vector<std::pair<std::string, std::string>>& environment, const std::stop_token& stop);

}  // namespace pghaul::schema
