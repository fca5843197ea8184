#pragma once

#include <libpq-fe.h>

#include <stop_token>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::postgres {

/// Connects, or gives up after the time that Connection::open() states. The caller owns the handle.
/// Errors  connection_failed, with the SQLSTATE of a server that refused; interrupted.
[[nodiscard]] Result<PGconn*> connect(const ConnectionString& server, Side side, const std::stop_token& stop);

}  // namespace pghaul::postgres
