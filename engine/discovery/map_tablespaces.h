#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "discovery/source_objects.h"

namespace pghaul::discovery {

/// Renames the tablespaces of what is to be copied, as --map-tablespace asks. One that becomes the target
/// database's own is none: PostgreSQL records no other.
[[nodiscard]] Status map_tablespaces(Discovery& found, const Options& options, const std::stop_token& stop);

/// Returns what --map-tablespace asks for; an empty name is that of the target database's own tablespace.
[[nodiscard]] Result<std::map<std::string, std::string>> tablespaces_on_target(const Options& options,
                                                                               postgres::Connection& target);

/// Returns the tablespace of the database that is connected to.
[[nodiscard]] Result<std::string> own_tablespace(postgres::Connection& connection);

/// Does the same to the source's objects that are to be compared.
void map_tablespaces(const Discovery& found, Objects& objects);

}  // namespace pghaul::discovery
