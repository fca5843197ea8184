#pragma once

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::postgres {

/// Refuses a pooler that gives each transaction another session, such as PgBouncer in transaction mode:
/// settings, locks and snapshots would get lost on the way from one statement to the next, without an error.
///
/// `server`: how `connection` was reached. Opens another one where something stands in between.
/// Source  libpq's PQbackendPID() is what the pooler says; pg_backend_pid() is the server's.
[[nodiscard]] Status refuse_shared_sessions(Connection& connection, const ConnectionString& server);

}  // namespace pghaul::postgres
