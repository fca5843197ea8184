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
/// Returns the same as long as nobody follows the changes from there; nothing, too: somebody does.
[[nodiscard]] Result<std::optional<std::string>> read_waiting_boundary(Member& live);
/// Tells whether the live database holds anything of such a preparation, be it unfinished: abandon removes
/// it.
[[nodiscard]] Result<bool> is_prepared(Member& live);
/// Tells whether the next database was a follower of the live one until there, and is a server of its own
/// now, converted or not. False unless the changeover is live: others would lose what was written since.
[[nodiscard]] Result<bool> has_left(Changeover& all);
/// Says why a live changeover can't convert a follower, and fills the next database by a copy instead; empty:
/// it converts.
///
/// Errors  a conversion was interrupted, and the server that it converts can't be asked or is another.
[[nodiscard]] Result<std::string> why_copied(Changeover& all);

}  // namespace pghaul::platform
