#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::job {

/// Runs a command of the user's at a moment of a switchover, by /bin/sh. Its environment says what it is
/// about: PGHAUL_STATE; host, port and database of both servers as PGHAUL_OLD_HOST, PGHAUL_NEW_HOST and so
/// on. No passwords.
///
/// Errors  program_failed: it ended with another status than 0, or not in time, after which it is ended.
[[nodiscard]] Status run_hook(const std::string& command, const std::string& state,
                              const postgres::Connection& old_server, const postgres::Connection& new_server,
                              std::chrono::milliseconds limit, const std::stop_token& stop);

}  // namespace pghaul::job
