#pragma once

#include <libpq-fe.h>

#include <stop_token>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::postgres {

/// Connects, and gives up in time: Connection::open() tells when. The caller owns the handle.
/// Errors  connection_failed, with the server's SQLSTATE where it said no; interrupted.
[[nodiscard]] Result<PGconn*> connect(const ConnectionString& server, Side side, const std::stop_token& stop);

}  // namespace pghaul::postgres
