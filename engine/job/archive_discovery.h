#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "job/discovery.h"
#include "schema/programs.h"

/// The steps of discover() where an archive stands for the source.
namespace pghaul::job {

/// Opens it: its catalog, and whose database it was. Errors  usage when objects are chosen: an archive is
/// restored whole.
[[nodiscard]] Status open_archive(Discovery& found, const std::string& folder, const Options& options);
/// Its schema.
[[nodiscard]] Status read_archive(Discovery& found, const Options& options,
                                  const std::vector<schema::Programs>& programs, const std::stop_token& stop);
/// How it holds the rows, by the relation's place.
[[nodiscard]] std::vector<plan::StoredRows> stored_rows(const archive::Reader& archive);

}  // namespace pghaul::job
