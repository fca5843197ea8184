#pragma once

#include "base/error.h"

namespace pghaul::job {

/// The command's exit status for a failure (docs/errors.md). `touched`: the target had been changed.
[[nodiscard]] int exit_status(ErrorCode code, bool touched) noexcept;

}  // namespace pghaul::job
