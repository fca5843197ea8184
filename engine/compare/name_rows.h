#pragma once

#include <vector>

#include "base/error.h"
#include "compare/row_search.h"
#include "compare/rows_file.h"
#include "discovery/verb_context.h"

namespace pghaul::compare {

/// Returns how many rows of each table the report names.
[[nodiscard]] std::size_t rows_shown(const discovery::Options& options) noexcept;

/// Names the rows in which the tables differ, in the report and in `file`.
/// Errors  interrupted; system: the file. What else fails leaves a table's rows unnamed, and is said there.
[[nodiscard]] Status name_rows(discovery::VerbContext& context, const std::vector<DifferentTable>& tables,
                               const ComparedStates& states, const tasks::CrewOptions& options,
                               RowsFile& file);

}  // namespace pghaul::compare
