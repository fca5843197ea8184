#pragma once

#include <string>

#include "failure.h"

namespace pghaul::platform {

/// Prints to standard output, at once. A reader that went away does not stop what is under way.
void say(const std::string& text);
/// Prints to standard error: "pghaulctl: warning: …".
void warn(const std::string& message);
/// Prints to standard error: "pghaulctl: error: …", and the hint below.
void show(const Failure& failure);

}  // namespace pghaul::platform
