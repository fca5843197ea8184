#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"

namespace pghaul::discovery {

/// Where an archive stands for the target: makes the plan that writes it, in the place of a copy's.
void plan_archive(Discovery& found);

/// Opens an archive that is the source: its catalog, and whose database it was.
[[nodiscard]] Status open_archive(Discovery& found, const std::string& folder);
/// Returns how it holds the rows, by the relation's place.
[[nodiscard]] std::vector<plan::StoredRows> stored_rows(const archive::Reader& archive);

}  // namespace pghaul::discovery
