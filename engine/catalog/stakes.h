#pragma once

#include <cstdint>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// Losses that dropping the contents of a database would bring, and whether somebody needs them now.
struct Stakes {
  double rows = 0;            // of users' tables, estimated by the server
  std::int64_t sessions = 0;  // of others, pghaul's aside, that work in the database, or did moments ago
};

/// Sessions whose state the role may not see are not counted.
[[nodiscard]] Result<Stakes> read_stakes(postgres::Connection& connection);

}  // namespace pghaul::catalog
