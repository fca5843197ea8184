#pragma once

#include <cstddef>
#include <cstdlib>
#include <string>

namespace pghaul::live {

/// Returns how many kills a test makes: PGHAUL_TEST_KILLS in the long run, otherwise `normally`.
inline std::size_t kills_of_this_run(std::size_t normally) {
  const char* kills = std::getenv("PGHAUL_TEST_KILLS");
  return kills == nullptr ? normally : std::stoul(kills);
}

}  // namespace pghaul::live
