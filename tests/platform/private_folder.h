#pragma once

#include <string>
#include <vector>

#include "platform/machine.h"

namespace pghaul::platform {

/// Runs the command in a folder that only its own user may enter, as root's home is.
[[nodiscard]] inline support::ProcessResult pghaulctl_in_private(const Machine& machine,
                                                                 const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{"sh", "-c", "mkdir -m 700 -p \"$0\" && cd \"$0\" && exec \"$@\"",
                                machine.folder() + "/private", PGHAULCTL_COMMAND};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return support::run_command(argv, machine.environment());
}

}  // namespace pghaul::platform
