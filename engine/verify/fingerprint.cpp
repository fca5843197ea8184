#include "verify/fingerprint.h"

#include <xxhash.h>

#include "verify/digest.h"

namespace pghaul::verify {

std::string fingerprint(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return Digest{.sum_low = hash.low64, .sum_high = hash.high64}.hex();
}

}  // namespace pghaul::verify
