#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "discovery/options.h"

namespace pghaul::job {

/// Makes tables of the source on the target, empty, with all that belongs to them: indexes, constraints,
/// triggers, owned sequences, grants. Event triggers of the target don't fire for it, where its role may see
/// to that. `tables`: quoted names; `options`: its filters are without patterns, its --map-tablespace holds.
///
/// Errors  program_failed: pg_dump can't read them, or the target refuses a part of them.
[[nodiscard]] Status make_tables(const discovery::Endpoints& ends, const std::vector<std::string>& tables,
                                 const discovery::Options& options, const std::stop_token& stop);

}  // namespace pghaul::job
