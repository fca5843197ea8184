#include "verify/row_digest.h"

#include <xxhash.h>

namespace pghaul::verify {

void RowDigest::see(const pipeline::Chunk& chunk) {
  if (!floats_.empty()) return see_numbers(chunk);
  Digest sum{.rows = chunk.rows(), .bytes = chunk.bytes().size()};
  for (std::size_t i = 0; i < chunk.rows(); ++i) {
    const std::span<const std::byte> row = chunk.row(i);
    const XXH128_hash_t hash = XXH3_128bits(row.data(), row.size());
    sum += {.sum_low = hash.low64, .sum_high = hash.high64};
  }
  digest_ += sum;
}

void RowDigest::see_numbers(const pipeline::Chunk& chunk) {
  Digest sum{.rows = chunk.rows()};
  for (std::size_t i = 0; i < chunk.rows(); ++i) {
    shorten_floats(chunk.row(i), floats_, shortened_);
    const XXH128_hash_t hash = XXH3_128bits(shortened_.data(), shortened_.size());
    sum += {.bytes = shortened_.size(), .sum_low = hash.low64, .sum_high = hash.high64};
  }
  digest_ += sum;
}

}  // namespace pghaul::verify
