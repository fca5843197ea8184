#include "support/rows.h"

#include <random>

namespace pghaul::support {

std::size_t RowSet::bytes() const noexcept {
  std::size_t sum = 0;
  for (const std::vector<std::byte>& row : rows) sum += row.size();
  return sum;
}

RowSet make_rows(std::size_t count, std::size_t shortest, std::size_t longest, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::size_t> length(shortest, longest);
  RowSet set;
  set.rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::byte> row(length(random));
    for (std::byte& byte : row) byte = static_cast<std::byte>(random());
    set.rows.push_back(std::move(row));
  }
  return set;
}

}  // namespace pghaul::support
