#pragma once

#include <string>

#include "base/error.h"

namespace pghaul::link {

/// The line with which a far half begins, and which says whether both can work together.
[[nodiscard]] std::string greeting();
/// `line`, without its end, is what came. Errors  connection_failed, with what came instead, or which
/// version.
[[nodiscard]] Status check_greeting(const std::string& line);

/// Tells machines apart, as long as they run; empty when the system doesn't say.
[[nodiscard]] std::string this_machine();

}  // namespace pghaul::link
