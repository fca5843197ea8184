#pragma once

#include <cstdint>
#include <string>

namespace pghaul::measure {

/// Rows of a table, or large objects, that were written to make it equal, or would be.
struct SyncedTable {
  std::string object;
  std::uint64_t inserted = 0, updated = 0, deleted = 0;
  std::uint64_t bytes = 0;  // of COPY data: inserted and updated rows
};

}  // namespace pghaul::measure
