#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace pghaul::schema {

/// A pg_dump and the pg_restore beside it.
struct Programs {
  std::string dump;     // path
  std::string restore;  // path
  int version = 0;      // as server_version_num: 150020
};

/// Those of this machine (PATH and /usr/lib/postgresql/*/bin) that fit best: new enough to read the source,
/// of the target's major version if there is one, never older than the source.
/// Errors  program_missing, naming the package to install.
[[nodiscard]] Result<Programs> find_programs(int source_version, int target_version);

/// The choice alone, for tests: `candidates` in any order.
[[nodiscard]] const Programs* choose_programs(const std::vector<Programs>& candidates, int source_version,
                                              int target_version);

}  // namespace pghaul::schema
