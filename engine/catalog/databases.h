#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// A database of a server, as any other of its databases shows it.
struct DatabaseEntry {
  std::string name;
  std::int64_t bytes = 0;  // on disk; 0 where the role may not see it
  std::string closed;      // why it can't be connected to; empty: it can
};

/// Lists the server's databases by name, all but the templates that initdb makes.
[[nodiscard]] Result<std::vector<DatabaseEntry>> list_databases(postgres::Connection& server);

/// Returns the bytes on disk of the current database's largest table with its indexes, as of its last VACUUM
/// or ANALYZE.
[[nodiscard]] Result<std::int64_t> read_largest_table(postgres::Connection& database);

}  // namespace pghaul::catalog
