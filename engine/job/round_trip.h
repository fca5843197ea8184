#pragma once

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::job {

/// From a question to its answer. Good enough to tell a server that is far: others are asked but once, those
/// a few times, as one that is near may be busy.
[[nodiscard]] Result<double> round_trip_seconds(postgres::Connection& server);

}  // namespace pghaul::job
