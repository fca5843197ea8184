#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace pghaul::estimate {

/// The speed of the file system in which a folder lies, or will.
struct DiskTrial {
  double cached_gb = 0;  // seconds until the system has accepted a GB
  double disk_gb = 0;    // seconds until a GB would outlive a loss of power
  double make_file = 0;  // seconds for a small one
  double sync_file = 0;  // seconds until a small one would outlive a loss of power
  std::int64_t free_bytes = 0;
};

/// Returns the free bytes of the folder, or of the nearest one above it that exists.
[[nodiscard]] Result<std::int64_t> free_bytes_at(const std::string& folder);

/// Writes some megabytes and a few small files where `folder` will be. They have no names: nothing is left
/// behind, however it ends. Errors  system: nothing can be written there.
[[nodiscard]] Result<DiskTrial> try_disk(const std::string& folder);

}  // namespace pghaul::estimate
