#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace pghaul::estimate {

/// What the file system is like that a folder lies in, or will.
struct DiskTrial {
  double cached_gb = 0;  // seconds, until the system has taken a GB over
  double disk_gb = 0;    // seconds, until a GB would outlive a loss of power
  double make_file = 0;  // seconds, of a small one
  double sync_file = 0;  // seconds, until it would
  std::int64_t free_bytes = 0;
};

/// Free bytes alone. The folder, or the nearest one above it that exists.
[[nodiscard]] Result<std::int64_t> free_bytes_at(const std::string& folder);

/// Writes some megabytes and a few small files beside where `folder` will be. They have no names: nothing is
/// left behind, however it ends. Errors  system: nothing can be written there.
[[nodiscard]] Result<DiskTrial> try_disk(const std::string& folder);

}  // namespace pghaul::estimate
