#pragma once

#include "app_file.h"
#include "failure.h"
#include "fleet.h"

namespace pghaul::platform {

/// Returns the application of a fleet with the writers, names and `also` of those other applications that
/// work with the same database, so that they move along.
///
/// Errors  one of them has no database at the place of `to`.
[[nodiscard]] Result<App> with_companions(Fleet& fleet, const Member& to);

}  // namespace pghaul::platform
