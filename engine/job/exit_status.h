#pragma once

#include <span>

#include "base/error.h"

namespace pghaul::job {

/// Describes an exit status in the manual and in docs/errors.md, whose table is generated from
/// exit_statuses().
struct ExitStatus {
  int status;
  const char* meaning;
  const char* target;  // the state of the target
  const char* again;   // whether the same command may succeed later
};

/// Returns all of the command's, by number.
[[nodiscard]] std::span<const ExitStatus> exit_statuses() noexcept;

/// Returns the exit status of an estimate whose window a copy does not fit into for certain.
[[nodiscard]] int exit_status_of_tight_window() noexcept;

/// Returns the exit status of a switchover that was given up before its decision.
[[nodiscard]] int exit_status_of_given_up() noexcept;

/// Returns the command's exit status for a failure. `touched`: the target had been changed.
[[nodiscard]] int exit_status(ErrorCode code, bool touched) noexcept;

}  // namespace pghaul::job
