#pragma once

#include <optional>
#include <stop_token>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "postgres/connection.h"

namespace pghaul::live {

/// Opens a session at an end of a live copy, over its link where there is one.
[[nodiscard]] Result<postgres::Connection> open_session(const discovery::Endpoint& end, postgres::Side side,
                                                        const std::stop_token& stop);
/// Opens it unless it is open already; for one that is kept, and given up after an error.
[[nodiscard]] Status ensure_session(std::optional<postgres::Connection>& session,
                                    const discovery::Endpoint& end, postgres::Side side,
                                    const std::stop_token& stop);

}  // namespace pghaul::live
