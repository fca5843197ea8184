#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"

namespace pghaul::discovery {

/// Makes the plan that writes an archive, in place of a copy's, where the target is one.
void plan_archive(Discovery& found);

/// Opens an archive that is the source: its catalog, and whose database it was.
[[nodiscard]] Status open_archive(Discovery& found, const std::string& folder);
/// Returns how it holds the rows, by the relation's place.
[[nodiscard]] std::vector<plan::StoredRows> stored_rows(const archive::Reader& archive);

}  // namespace pghaul::discovery
