#pragma once

#include <string>
#include <vector>

#include "failure.h"

namespace pghaul::platform {

/// Runs a program, which PATH finds, to its end; returns what it wrote to standard output.
///
/// Errors  says what it wrote to standard error, or else to standard output, when it did not end with status
/// 0.
[[nodiscard]] Result<std::string> run_program(const std::vector<std::string>& argv);

}  // namespace pghaul::platform
