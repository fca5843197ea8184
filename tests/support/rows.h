#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pghaul::support {

/// Rows of random bytes for tests and benchmarks, the same for the same seed.
struct RowSet {
  std::vector<std::vector<std::byte>> rows;

  [[nodiscard]] std::size_t bytes() const noexcept;
};

/// Row lengths spread evenly between `shortest` and `longest` bytes.
[[nodiscard]] RowSet make_rows(std::size_t count, std::size_t shortest, std::size_t longest,
                               std::uint64_t seed);

}  // namespace pghaul::support
