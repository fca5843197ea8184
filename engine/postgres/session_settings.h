#pragma once

#include <string>

#include "postgres/connection.h"

namespace pghaul::postgres {

/// A statement for a transaction of the target's sessions, which otherwise commit without waiting: makes its
/// commit wait as the server, the database and the role are set, for synchronous standbys too, and at least
/// for the server's disk.
inline constexpr const char* kCommitAsConfigured =
    "SELECT pg_catalog.set_config(name, CASE reset_val WHEN 'off' THEN 'local' ELSE reset_val END, true)"
    " FROM pg_catalog.pg_settings WHERE name = 'synchronous_commit'";

/// Statements that, after SET statement_timeout = 0, pin every setting that could change what a session reads
/// or writes, or end it early, whatever the server, database or role have as defaults.
///
/// `encoding`: client_encoding, the same on both servers, so that the target converts if it has to.
/// Source  PostgreSQL manual, "Client Connection Defaults"; pg_dump.c, setup_connection().
[[nodiscard]] std::string session_settings(Side side, int version, const std::string& encoding);

/// Returns these for a session of the replication protocol, whose values of rows come as text: one statement,
/// whose first value is the session's process. Source  PostgreSQL's src/backend/replication/repl_gram.y:
/// before 15, it takes one statement at a time.
[[nodiscard]] std::string replication_settings(int version, const std::string& encoding);

}  // namespace pghaul::postgres
