#pragma once

#include <string>

#include "failure.h"
#include "fleet.h"

namespace pghaul::platform {

/// Finds out what became of an upgrade of this database that an earlier run did not see the end of, as it was
/// ended or its line broke, and completes one that pg_upgrade has brought to its end. Says whether it has.
///
/// `version`  the major version that it is, or was, to be of.
/// Errors     PGHAUL_EXIT_REFUSED: that pg_upgrade is still at work.
[[nodiscard]] Result<bool> settle_upgrade(const Member& member, const std::string& version);

}  // namespace pghaul::platform
