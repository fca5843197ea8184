#pragma once

#include <cstddef>
#include <vector>

#include "schema/entry.h"

namespace pghaul::schema {

/// Entries that several pg_restore make sooner than one does: making a table costs the server more than its
/// statement costs anybody else.
struct Shares {
  std::vector<Entry> first;                      // what tables need
  std::vector<std::vector<Entry>> side_by_side;  // tables, each with what belongs to it and what it inherits
  std::vector<Entry> last;                       // what needs tables: views, some functions …
};

/// Shares out `entries`, which come in an order in which what they depend on came before, and keep that order
/// in each share. At most `most` side by side, none of them so small that starting pg_restore for it costs
/// what it brings; fewer than two: all are in `first`.
///
/// Only the dependencies that pg_dump records are heeded; it knows of those that a statement fails without,
/// but promises nothing: a failure may mean no more than that the order was wrong.
[[nodiscard]] Shares share_out(const std::vector<Entry>& entries, std::size_t most);

}  // namespace pghaul::schema
