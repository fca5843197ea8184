#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "base/error.h"
#include "discovery/options.h"
#include "estimate/calibration.h"
#include "estimate/disk_trial.h"
#include "estimate/store_sampler.h"

namespace pghaul::estimate {

/// Measurements of a source, this machine and a disk, from which an archive is forecast.
struct ArchiveCalibration {
  Calibration common;  // its `at_the_end` is not set: it follows from how much is written
  std::optional<DiskTrial> disk;
  StoreSampler::Objects large_objects;  // those of a sample
};

/// Measures for at most `budget`. A measurement that fails becomes a note.
/// Errors  connection_lost, interrupted.
[[nodiscard]] Result<ArchiveCalibration> calibrate_archive(discovery::Discovery& found,
                                                           const discovery::Options& options,
                                                           const std::string& folder,
                                                           std::chrono::duration<double> budget,
                                                           const std::stop_token& stop);

}  // namespace pghaul::estimate
