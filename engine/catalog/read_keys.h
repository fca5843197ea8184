#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// The columns of a unique index, none of which can be NULL: they tell a table's rows apart.
struct UniqueKey {
  struct Column {
    std::string name;
    Oid type = 0;          // for a domain, the type that it is based on
    bool by_bytes = true;  // texts are ordered by their bytes, or it has no collation
  };
  std::vector<Column> columns;  // in the index's order
};

/// Reads the unique keys of all tables: the primary key first, then those of fewer columns.
///
/// Leaves out indexes of expressions, of a part of the rows, of columns that can be NULL and with operator
/// classes other than their types' own.
[[nodiscard]] Result<std::map<Name, std::vector<UniqueKey>>> read_keys(postgres::Connection& connection);

}  // namespace pghaul::catalog
