#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// Lists the tables, by quoted names, that have a trigger of this name which calls this function, given
/// quoted and without arguments.
[[nodiscard]] Result<std::vector<std::string>> tables_with_trigger(postgres::Connection& server,
                                                                   const std::string& trigger,
                                                                   const std::string& function);

}  // namespace pghaul::fencing
