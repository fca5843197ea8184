#pragma once

#include <cstdint>

namespace pghaul::support {

/// A seed that differs from run to run, and is printed: PGHAUL_TEST_SEED=n repeats the run with that one.
[[nodiscard]] std::uint64_t seed_of_this_run();

}  // namespace pghaul::support
