#pragma once

#include <cstdint>

#include "estimate/wal_sample.h"
#include "measure/estimate_report.h"

namespace pghaul::estimate {

/// Predicts what a live copy does besides copying, if the source goes on to write as in the sample. Pure.
/// `copy_seconds`: until the changes begin to be applied; `slot_limit`: --slot-limit in bytes, or 0.
[[nodiscard]] measure::EstimateReport::Follow follow_forecast(const WalSample& sample, double copy_seconds,
                                                              std::int64_t slot_limit);

}  // namespace pghaul::estimate
