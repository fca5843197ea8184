#pragma once

#include <stop_token>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "plan/finding.h"

namespace pghaul::discovery {

/// Finds what the target's encoding or locale would not take: partitions by ranges of texts that are empty or
/// overlap in its order, which is tried there in a transaction that is rolled back; and index keys that may
/// outgrow what an index takes, since characters have more bytes there.
[[nodiscard]] Result<std::vector<plan::Finding>> text_key_findings(Discovery& found, const Options& options,
                                                                   const std::stop_token& stop);

}  // namespace pghaul::discovery
