#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// The server and the role, without looking at the database's objects.
[[nodiscard]] Result<Server> read_server(postgres::Connection& connection);

/// All user objects of the database that pghaul handles itself, as the connection's transaction sees them.
/// `belongs`: asked for each relation and sequence by its OID; what it denies is left out, with its
/// indexes and constraints. Sequences' values are read by read_sequences().
[[nodiscard]] Result<Catalog> read_catalog(postgres::Connection& connection,
                                           const std::function<bool(Oid)>& belongs);

/// Fills in last_value and is_called, in a few statements however many sequences there are.
[[nodiscard]] Status read_sequences(postgres::Connection& connection, std::vector<Sequence>& sequences);

/// Fills in count, bytes and `ranges` ranges.
[[nodiscard]] Result<LargeObjects> read_large_objects(postgres::Connection& connection, int ranges);

/// What a database holds beyond what initdb puts there.
[[nodiscard]] Result<Contents> read_contents(postgres::Connection& connection);

/// A hash of all relations' and columns' definitions and files: equal before and after means that no DDL, no
/// TRUNCATE and no rewrite came in between.
[[nodiscard]] Result<std::string> read_fingerprint(postgres::Connection& connection);

}  // namespace pghaul::catalog
