#pragma once

#include "options.h"

namespace pghaul::command {

/// Does what `options` ask for, writes results to the standard streams, and returns the exit status
/// (docs/errors.md).
[[nodiscard]] int run(const Options& options);

/// Explains what is wrong with the command line, and returns the exit status for that.
[[nodiscard]] int refuse(const UsageError& error);

}  // namespace pghaul::command
