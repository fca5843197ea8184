#pragma once

#include <string>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// Tells whether the server gave up a wait for a lock.
[[nodiscard]] bool was_locked(const Error& error);

/// Runs a transaction of statements that need a lock on one table, again and again until it gets it: each
/// wait is short, as all who come later wait behind it. Its commit does not wait for the disk: a server that
/// crashes then is without the work, and the session is gone. Errors  that of was_locked(): somebody keeps
/// the table.
[[nodiscard]] Status run_under_lock(postgres::Connection& server, const std::string& statements);

/// Says what could not be made under a lock. Refused where another session keeps the table.
[[nodiscard]] Error not_made(const std::string& what, Error error);

}  // namespace pghaul::fencing
