#pragma once

#include <cstddef>
#include <vector>

#include "schema/entry.h"

namespace pghaul::schema {

/// Entries divided so that several pg_restore make them sooner than one: making a table costs the server more
/// than its statement costs anybody else.
struct ParallelRestore {
  std::vector<Entry> first;                      // what tables need
  std::vector<std::vector<Entry>> side_by_side;  // tables, each with what belongs to it and what it inherits
  std::vector<Entry> last;                       // what needs tables: views, some functions …
};

/// Divides `entries`, which must be in an order in which dependencies come first; each share keeps that
/// order. Makes at most `most` shares side by side, none of them so small that starting pg_restore costs what
/// it saves; fewer than two: all are in `first`.
///
/// Follows only the dependencies that pg_dump records; it knows those without which a statement fails, but
/// guarantees nothing: a failure may mean no more than that the order was wrong.
[[nodiscard]] ParallelRestore share_out(const std::vector<Entry>& entries, std::size_t most);

}  // namespace pghaul::schema
