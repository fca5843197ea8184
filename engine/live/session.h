#pragma once

#include <optional>
#include <stop_token>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "postgres/connection.h"

namespace pghaul::live {

/// Opens a session at an end of a live copy, over its link where there is one; its event triggers are silent.
[[nodiscard]] Result<postgres::Connection> open_session(const discovery::Endpoint& end, postgres::Side side,
                                                        const std::stop_token& stop);
/// Keeps event triggers from firing for what the session does, where the role may: one that writes down each
/// DDL command would write to the target by itself, or to a server that is just being closed.
[[nodiscard]] Status silence_event_triggers(postgres::Connection& session);
/// Opens it unless it is open already; for one that is kept, and given up after an error.
[[nodiscard]] Status ensure_session(std::optional<postgres::Connection>& session,
                                    const discovery::Endpoint& end, postgres::Side side,
                                    const std::stop_token& stop);

}  // namespace pghaul::live
