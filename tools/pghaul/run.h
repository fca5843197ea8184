#pragma once

#include "options.h"

namespace pghaul::command {

/// Does what `options` ask for, tells it on the standard streams, and returns the exit status
/// (docs/errors.md).
[[nodiscard]] int run(const Options& options);

/// Says what is wrong with the command line, and returns the exit status for that.
[[nodiscard]] int refuse(const UsageError& error);

}  // namespace pghaul::command
