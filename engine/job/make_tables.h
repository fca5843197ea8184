#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/endpoints.h"

namespace pghaul::job {

/// Makes tables of the source on the target, empty, with all that belongs to them: indexes, constraints,
/// triggers, owned sequences, grants. `tables`: quoted names.
///
/// Errors  program_failed: pg_dump can't read them, or the target refuses a part of them.
[[nodiscard]] Status make_tables(const discovery::Endpoints& ends, const std::vector<std::string>& tables,
                                 const std::stop_token& stop);

}  // namespace pghaul::job
