#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// The definitions that give the stored rows of a table their contents.
struct TableDefinition {
  Name name;
  std::string digest;  // of columns, their types followed, stored defaults, parents
  std::string unfit;   // why rows of it can't be told by the transactions that wrote them; empty: they can
};

/// Reads those of all tables, by OID: as long as a table's is the same, a row's contents change only with a
/// new version of the row.
[[nodiscard]] Result<std::map<Oid, TableDefinition>> read_table_definitions(postgres::Connection& server);

}  // namespace pghaul::catalog
