#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "schema/programs.h"

namespace pghaul::discovery {

/// Where an archive stands for the target: makes the plan that writes it, in the place of a copy's.
void plan_archive(Discovery& found);

// The steps of discover() where an archive stands for the source.

/// Opens it: its catalog, and whose database it was.
[[nodiscard]] Status open_archive(Discovery& found, const std::string& folder);
/// Its schema, and of both that what is chosen.
[[nodiscard]] Status read_archive(Discovery& found, const Options& options,
                                  const std::vector<schema::Programs>& programs, const std::stop_token& stop);
/// How it holds the rows, by the relation's place.
[[nodiscard]] std::vector<plan::StoredRows> stored_rows(const archive::Reader& archive);

}  // namespace pghaul::discovery
