#pragma once

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::schema {

/// Makes schema public what it is in a fresh database: empty, with its usual owner, grants and comment, as
/// far as the role may. An existing schema stays: pg_dump tells users' grants from initdb's by an entry of
/// pg_init_privs, which would go with the schema and can't be made again.
///
/// Errors  server_error, naming what could not be dropped or set; what is gone by then stays gone.
[[nodiscard]] Status make_public_usual(postgres::Connection& target);

}  // namespace pghaul::schema
