#pragma once

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// Tells whether the role may have rows written without triggers and foreign keys firing on the target.
[[nodiscard]] Result<bool> may_set_replica_role(postgres::Connection& target);

}  // namespace pghaul::catalog
