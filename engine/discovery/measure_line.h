#pragma once

#include <memory>
#include <stop_token>

#include "base/error.h"
#include "link/near_half.h"
#include "postgres/connection.h"

namespace pghaul::discovery {

/// Measures the time from a query to its answer: the shortest of a few, as a server may be busy.
[[nodiscard]] Result<double> round_trip_seconds(postgres::Connection& server);

/// Measures in about half a second how long a GB takes on its way: the time of bytes that a server only has
/// to repeat; the other direction is taken to be as fast. Over a link it is measured between its halves, the
/// way that rows go.
///
/// `round_trip`: seconds. `link` may be nullptr.
/// Errors  connection_lost, interrupted; server_error: a statement_timeout, for example.
[[nodiscard]] Result<double> line_seconds_per_gb(postgres::Connection& server, double round_trip,
                                                 const std::shared_ptr<link::NearHalf>& link,
                                                 const std::stop_token& stop);

}  // namespace pghaul::discovery
