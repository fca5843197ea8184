#pragma once

#include <optional>
#include <stop_token>

#include "base/error.h"
#include "discovery/discovery.h"
#include "plan/finding.h"

namespace pghaul::discovery {

/// Finds names that take more bytes in the target's encoding than a server has for one: it would cut them,
/// and two that begin alike would be one. Returns a refusal that names them; nothing where there are none, or
/// where the target can't tell.
[[nodiscard]] Result<std::optional<plan::Finding>> names_cut_short(const Discovery& found,
                                                                   const Options& options,
                                                                   const std::stop_token& stop);

}  // namespace pghaul::discovery
