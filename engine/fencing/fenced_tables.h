#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// A table that is locked, and closed to writers, by a switchover.
struct FencedTable {
  std::uint32_t oid = 0;
  std::string name;          // quoted
  bool owned = false;        // by the role, or by one that it is a member of
  bool has_trigger = false;  // which fires in every session
};

/// Lists the tables of a publication, with all that they are partitions of, and all of their partitions;
/// `more`: likewise, by their OIDs. `trigger`: the name of those of a Fence.
[[nodiscard]] Result<std::vector<FencedTable>> read_fenced_tables(postgres::Connection& server,
                                                                  const std::string& publication,
                                                                  const std::string& trigger,
                                                                  const std::vector<std::uint32_t>& more);

}  // namespace pghaul::fencing
