#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pghaul::support {
class Database;
}

namespace pghaul::fidelity {

/// Runs `pghaul copy` with all pg_dumps that this machine has or fetched; says what it said if it did not
/// end with 0.
[[nodiscard]] testing::AssertionResult copied(const support::Database& source,
                                              const support::Database& target,
                                              const std::vector<std::string>& options = {});

}  // namespace pghaul::fidelity
