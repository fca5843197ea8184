#pragma once

#include <string>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::schema {

/// Removes everything from a database that initdb did not put there: what was confirmed must go. Works for
/// an owner who is no superuser, and in portions, so that many tables don't exhaust the lock table.
/// `kept_schema`: stays, with what it holds; may be empty.
/// Errors  server_error, naming what could not be dropped; what is gone by then stays gone.
[[nodiscard]] Status clear_database(postgres::Connection& target, const std::string& kept_schema);

}  // namespace pghaul::schema
