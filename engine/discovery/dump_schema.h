#pragma once

#include <optional>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "schema/programs.h"

namespace pghaul::discovery {

/// Has pg_dump write the schema of the held snapshot into `found.archive`, without what may not be read:
/// that is in `found.left_out` where it was asked for, or else in `found.closed_tables`.
/// `everything`: set to the source's whole catalog where it was read meanwhile.
[[nodiscard]] Status dump_schema(Discovery& found, const Options& options,
                                 const std::vector<schema::Programs>& programs,
                                 std::optional<catalog::Catalog>& everything, const std::stop_token& stop);

}  // namespace pghaul::discovery
