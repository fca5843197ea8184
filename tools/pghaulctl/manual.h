#pragma once

#include <vector>

#include "pghaul/manual.h"

namespace pghaul::platform {

/// Describes all verbs: the parser, help, manual pages and completions are made from it.
[[nodiscard]] const std::vector<command::VerbManual>& manual();

}  // namespace pghaul::platform
