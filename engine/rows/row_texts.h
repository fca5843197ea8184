#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"
#include "rows/compared_table.h"
#include "rows/pair_rows.h"

namespace pghaul::rows {

/// A row's copied columns as the server writes them; nothing: NULL.
using RowText = std::vector<std::optional<std::string>>;

/// Reads rows as text, for people. Returns one for each of `places`; empty for one that is nowhere.
/// The connection is in the transaction in which the places were read.
[[nodiscard]] Result<std::vector<RowText>> read_texts(postgres::Connection& server,
                                                      const ComparedTable& table,
                                                      const std::vector<Locator>& places);

/// Returns the place as SQL has it: (4,2).
[[nodiscard]] std::string ctid_of(const Locator& place);
/// Returns the places of one table's rows as a value of type tid[], without quotes; the others are left out.
[[nodiscard]] std::string ctids_of(const std::vector<Locator>& places, catalog::Place relation);

}  // namespace pghaul::rows
