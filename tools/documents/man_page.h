#pragma once

#include <string>
#include <vector>

#include "pghaul/manual.h"
#include "program.h"

namespace pghaul::documents {

/// Manual pages, as man reads them.
[[nodiscard]] std::string man_page(const Program& program, const std::vector<command::VerbManual>& verbs);
[[nodiscard]] std::string man_page(const Program& program, const command::VerbManual& verb);

}  // namespace pghaul::documents
