#pragma once

#include <string>

#include "base/error.h"
#include "process/child.h"
#include "process/descriptor.h"

namespace pghaul::process {

/// A command of the user's that /bin/sh runs, with our terminal, on which it may ask for a password; Ctrl-C
/// is for us alone. What it has left behind when it ends is ended with it: see supervise().
struct SupervisedCommand {
  Child child;       // its supervisor, which ends as the command does
  Descriptor input;  // our ends of its standard input, output and error; sockets, as these can be broken
  Descriptor output, errors;  //   off while another thread waits on them, which pipes can't
};

/// Errors  system: it can't be started; `name` says in the message what it is.
[[nodiscard]] Result<SupervisedCommand> start_supervised(const std::string& command, const std::string& name);

}  // namespace pghaul::process
