#pragma once

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::schema {

/// Removes everything from a database that initdb did not put there: what was confirmed must go. Works for
/// an owner who is no superuser, and in portions, so that many tables don't exhaust the lock table.
/// Errors  server_error, naming what could not be dropped; what is gone by then stays gone.
[[nodiscard]] Status clear_database(postgres::Connection& target);

}  // namespace pghaul::schema
