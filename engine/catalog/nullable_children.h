#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/read_catalog.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// A column that may hold NULLs though it is NOT NULL in the table that it is inherited from, after ALTER
/// TABLE ONLY. It can't be made so again: pg_dump has the child inherit NOT NULL.
struct NullableChild {
  Oid oid = 0;  // the table's
  Name table;
  std::string column;
  Name parent;
};

/// Lists those of the database. `chosen`: see read_catalog().
[[nodiscard]] Result<std::vector<NullableChild>> read_nullable_children(postgres::Connection& connection,
                                                                        const Chosen& chosen);

}  // namespace pghaul::catalog
