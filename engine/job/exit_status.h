#pragma once

#include <span>

#include "base/error.h"

namespace pghaul::job {

/// What is said of an exit status in the manual and in docs/errors.md, whose table is written from this one.
struct ExitStatus {
  int status;
  const char* meaning;
  const char* target;  // what the target is then
  const char* again;   // whether the same command may go well another time
};

/// All of the command's, by number.
[[nodiscard]] std::span<const ExitStatus> exit_statuses() noexcept;

/// The command's exit status for a failure. `touched`: the target had been changed.
[[nodiscard]] int exit_status(ErrorCode code, bool touched) noexcept;

}  // namespace pghaul::job
