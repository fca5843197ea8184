#pragma once

#include <string>

#include "support/database.h"

namespace pghaul::faults {

/// Fills an empty database by shop.sql: partitions, keys, indexes, materialized views, large objects, many
/// tiny tables. At scale 1, it has about 15 MB.
void fill_shop(const support::Database& database, int scale = 1);

/// Tells whether an unfinished copy has left its journal there.
[[nodiscard]] bool has_journal(const support::Database& target);

/// Sessions of pghaul and its children in this database, other than those of a test.
[[nodiscard]] std::string sessions_of_pghaul(const support::Database& database);

}  // namespace pghaul::faults
