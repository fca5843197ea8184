#pragma once

#include <stop_token>
#include <string>

#include "base/error.h"
#include "discovery/discovery.h"

namespace pghaul::discovery {

/// Compares the target's tables, sequences and materialized views with those of the source that --data-only
/// fills there: they have to be there, with the same columns, empty, and open to the role; no trigger may
/// fire as their rows are written, and no foreign key of theirs may be unknown to the source, as it is not
/// checked. What speaks against it is added to the findings. Sets Discovery::silences_triggers.
/// Forgets the source's. `began`: rows are there already, of the copy that is resumed.
[[nodiscard]] Status check_existing_tables(Discovery& found, bool began, const std::stop_token& stop);

/// Forgets definitions, as none is made; those of foreign keys last until check_existing_tables() has
/// compared them.
void forget_definitions(Discovery& found);

/// Says how the columns of a table differ between the two; empty: rows of the one fit into the other.
[[nodiscard]] std::string difference_of_columns(const catalog::Relation& source,
                                                const catalog::Relation& target);

}  // namespace pghaul::discovery
