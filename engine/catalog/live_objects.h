#pragma once

#include <set>
#include <utility>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// Lists what live copies keep in this database, by their catalogs' OIDs and their own: schema pghaul_live
/// with what is in it, the triggers that call its functions, and the publications whose names begin with its
/// name. None of it is the database's.
[[nodiscard]] Result<std::set<std::pair<Oid, Oid>>> read_live_objects(postgres::Connection& source);

}  // namespace pghaul::catalog
