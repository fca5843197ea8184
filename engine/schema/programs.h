#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pghaul::schema {

/// A pg_dump and the pg_restore beside it.
struct Programs {
  std::string dump;     // path
  std::string restore;  // path
  int version = 0;      // as server_version_num: 150020

  [[nodiscard]] std::string version_text() const;  // "15.20"
};

/// Finds those of this machine (PATH and /usr/lib/postgresql/*/bin) that can read the source, the best first:
/// the target's major version, else the newest between source and target, else the oldest beyond the target.
/// Errors  program_missing, naming the package to install.
[[nodiscard]] Result<std::vector<Programs>> find_programs(int source_version, int target_version);

/// Chooses among `candidates`, in any order: the part of find_programs() that tests can call.
[[nodiscard]] std::vector<Programs> suitable_programs(std::vector<Programs> candidates, int source_version,
                                                      int target_version);
/// Reads the number in the output of `pg_dump --version`: 170012 of "pg_dump (PostgreSQL) 17.12 (Debian …)".
[[nodiscard]] std::optional<int> parse_program_version(std::string_view said);

}  // namespace pghaul::schema
