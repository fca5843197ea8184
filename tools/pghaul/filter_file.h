#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "options.h"

namespace pghaul::command {

/// Reads a file of --filter, whatever the version of pg_dump: a line is "include" or "exclude", what kind of
/// object, and a pattern; '#' begins a comment. Returns the settings that say the same. `name`: that of the
/// file, for errors.
/// Source  PostgreSQL's manual, pg_dump, --filter; src/bin/pg_dump/filter.c.
[[nodiscard]] tl::expected<std::vector<Setting>, UsageError> parse_filter(const std::string& text,
                                                                          const std::string& name);

/// Reads and parses such a file; "-" is standard input.
[[nodiscard]] tl::expected<std::vector<Setting>, UsageError> read_filter(const std::string& file);

}  // namespace pghaul::command
