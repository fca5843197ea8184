#pragma once

#include <string>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// Removes from a server what closes it, and what counts its writes: Fence, SequenceFence, TouchCounters of
/// this name. What does not exist is no error. Errors  refused: another session keeps a table for too long;
/// what could be removed is.
[[nodiscard]] Status remove_all(postgres::Connection& server, const std::string& name);

}  // namespace pghaul::fencing
