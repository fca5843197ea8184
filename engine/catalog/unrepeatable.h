#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/read_catalog.h"
#include "postgres/connection.h"

/// Objects of a database that PostgreSQL would not take again: the rules that allowed them have been changed.
namespace pghaul::catalog {

/// An index, generated column or partition key whose expression calls a function that is not IMMUTABLE.
struct MutableExpression {
  Oid relation = 0;      // the index's, or the table's
  std::string object;    // for people: "index public.i"
  std::string function;  // "public.f(integer)"
};
[[nodiscard]] Result<std::vector<MutableExpression>> read_mutable_expressions(
    postgres::Connection& connection, const Chosen& chosen);

/// A column whose values have to fit into a page as they are, in a table that has values elsewhere: these may
/// have been stored before the column was altered.
struct PlainColumn {
  Oid oid = 0;  // the table's
  Name table;
  std::string column;
};
[[nodiscard]] Result<std::vector<PlainColumn>> read_plain_columns(postgres::Connection& connection,
                                                                  const Chosen& chosen);

}  // namespace pghaul::catalog
