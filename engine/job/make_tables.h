#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "schema/filters.h"

namespace pghaul::job {

/// Makes tables of the source on the target, empty, with all that belongs to them: indexes, constraints,
/// triggers, owned sequences, grants. `tables`: quoted names; `filters`: without patterns of its own.
///
/// Errors  program_failed: pg_dump can't read them, or the target refuses a part of them.
[[nodiscard]] Status make_tables(const discovery::Endpoints& ends, const std::vector<std::string>& tables,
                                 schema::Filters filters, const std::stop_token& stop);

}  // namespace pghaul::job
