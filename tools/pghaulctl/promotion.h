#pragma once

#include "failure.h"
#include "fleet.h"

namespace pghaul::platform {

/// Says whether every name of the application points at `next` already, and that of each could be read.
[[nodiscard]] Result<bool> points_at(Fleet& fleet, const Member& next);

/// Says whether one of them does. Errors  none is known to, and one could not be read.
[[nodiscard]] Result<bool> is_pointed_at(Fleet& fleet, const Member& next);

/// Refuses a member that is known by its socket only as the place where a name on another host would point.
[[nodiscard]] Outcome refuse_socket(const Pointer& pointer, const Member& member);

/// Refuses when one of the names can't be moved now. Changes nothing.
[[nodiscard]] Outcome check_names(Fleet& fleet);

/// Makes all names point at `next`, and says so as hosted platforms do. Poolers hold statements meanwhile.
///
/// Errors  PGHAUL_EXIT_REFUSED: no name has been moved. PGHAUL_EXIT_STOPPED: some have; says which command
///         does the rest.
[[nodiscard]] Outcome move_names(Fleet& fleet, const Member& before, const Member& next);

/// The same in two parts, with something between them: makes statements wait in all poolers. After a failure
/// none waits.
[[nodiscard]] Outcome hold_names(Fleet& fleet, const Member& before, const Member& next);
[[nodiscard]] Outcome move_held_names(Fleet& fleet, const Member& before, const Member& next);
/// Gives up what hold_names() began; nothing is held: nothing is done.
[[nodiscard]] Outcome release_names(Fleet& fleet);

}  // namespace pghaul::platform
