#pragma once

#include <map>
#include <string>

#include "base/error.h"

namespace pghaul::schema {

/// Returns a schema archive in pg_dump's custom format with its tablespaces renamed.
///
/// Errors  program_failed for what is no such archive, or of a version unknown here.
/// Source  PostgreSQL, pg_backup_archiver.c, ReadHead() and ReadToc(); versions 1.12 to 1.16.
[[nodiscard]] Result<std::string> with_tablespaces(const std::string& archive,
                                                   const std::map<std::string, std::string>& names);

}  // namespace pghaul::schema
