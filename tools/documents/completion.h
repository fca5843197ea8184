#pragma once

#include <string>
#include <vector>

#include "pghaul/manual.h"
#include "program.h"

namespace pghaul::documents {

/// Completions of the command line, as the shells read them.
[[nodiscard]] std::string bash_completion(const Program& program,
                                          const std::vector<command::VerbManual>& verbs);
[[nodiscard]] std::string zsh_completion(const Program& program,
                                         const std::vector<command::VerbManual>& verbs);

}  // namespace pghaul::documents
