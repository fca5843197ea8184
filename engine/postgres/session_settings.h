#pragma once

#include <string>

#include "postgres/connection.h"

namespace pghaul::postgres {

/// Statements that, after SET statement_timeout = 0, pin every setting that could change what a session reads
/// or writes, or end it early, whatever the server, database or role have as defaults.
///
/// `encoding`: client_encoding, the same on both servers, so that the target converts if it has to.
/// Source  PostgreSQL manual, "Client Connection Defaults"; pg_dump.c, setup_connection().
[[nodiscard]] std::string session_settings(Side side, int version, const std::string& encoding);

}  // namespace pghaul::postgres
