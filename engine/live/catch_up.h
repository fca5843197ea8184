#pragma once

#include <string>

#include "base/error.h"
#include "base/lsn.h"
#include "discovery/verb_context.h"

namespace pghaul::live {

/// Applies the changes of a live copy's slot until those that the source committed before `until` are on the
/// target's disk. `schema`: of the progress.
[[nodiscard]] Status catch_up(const discovery::VerbContext& context, const std::string& slot,
                              const std::string& schema, Lsn until);

}  // namespace pghaul::live
