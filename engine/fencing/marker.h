#pragma once

#include <string>

#include "base/error.h"
#include "base/lsn.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// Writes to the live copy's row on the source, so that the one who applies its changes says at once where
/// the target is. Returns a position: the target has all that was committed before this once it is there.
[[nodiscard]] Result<Lsn> write_marker(postgres::Connection& source, const std::string& name);

}  // namespace pghaul::fencing
