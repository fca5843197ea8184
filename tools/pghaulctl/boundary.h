#pragma once

#include <optional>
#include <string>

#include "changeover.h"
#include "failure.h"
#include "fleet.h"

/// The moment of the live database at which a follower leaves it, to be converted while the application
/// writes on: where the slot begins that keeps all later changes for it.
namespace pghaul::platform {

/// Returns its LSN; nothing: the live database has not been prepared for that.
[[nodiscard]] Result<std::optional<std::string>> read_boundary(Member& live);
/// Tells whether the next database was a follower of the live one until there, and is a server of its own
/// now, converted or not. False unless the changeover is live: others would lose what was written since.
[[nodiscard]] Result<bool> has_left(Changeover& all);
/// Says why a live changeover can't convert a follower, and fills the next database by a copy instead; empty:
/// it converts.
[[nodiscard]] Result<std::string> why_copied(Changeover& all);

}  // namespace pghaul::platform
