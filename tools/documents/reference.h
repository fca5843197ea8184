#pragma once

#include <string>
#include <vector>

#include "pghaul/manual.h"

namespace pghaul::documents {

/// docs/reference.md.
[[nodiscard]] std::string reference(const std::vector<command::VerbManual>& verbs);

}  // namespace pghaul::documents
