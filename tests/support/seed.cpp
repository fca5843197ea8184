#include "support/seed.h"

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace pghaul::support {

std::uint64_t seed_of_this_run() {
  const char* wanted = std::getenv("PGHAUL_TEST_SEED");
  const std::uint64_t seed = wanted != nullptr ? std::stoull(wanted) : std::random_device{}();
  std::cout << "PGHAUL_TEST_SEED=" << seed << std::endl;
  return seed;
}

}  // namespace pghaul::support
