#pragma once

#include <cstdint>
#include <vector>

namespace pghaul::follow {

/// A table of which rows have changed since they were compared.
struct DueTable {
  std::uint32_t table = 0;  // its OID on the source
  bool whole = false;       // all rows have to be read, not only those that have changed
  std::int64_t bytes = 0;   // on disk
};

/// A step of a round of comparison with the tables that are due.
struct RoundOrder {
  std::vector<std::uint32_t> compared;  // in this order
  std::vector<std::uint32_t> waiting;   // in a later round, in this order
  std::vector<std::uint32_t> too_large;
};

/// Orders a round. Tables of which only some rows are read come first, as they are written to; then those
/// that are read as a whole, as many as come to `most_bytes`. `waiting`: of the round before; these go before
/// the others, so that each table is reached, however many are due in every round. Pure.
[[nodiscard]] RoundOrder order_round(const std::vector<DueTable>& due,
                                     const std::vector<std::uint32_t>& waiting, std::int64_t most_bytes);

}  // namespace pghaul::follow
