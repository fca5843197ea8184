#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "catalog/model.h"
#include "measure/report.h"
#include "postgres/connection_string.h"

namespace pghaul::compare {

/// Has the server's extension amcheck check the btree indexes of those relations that `wanted` wants: whether
/// each is in order, and holds an entry for every row, with what its expressions give for it now.
///
/// Creates the extension in a transaction that is rolled back, where it is not installed.
/// `tables`: those of the same database. Adds an index that is not right to the mismatches, and one that
/// can't be checked to the notes.
/// Errors  refused when the role can't have amcheck.
[[nodiscard]] Status check_indexes(const postgres::ConnectionString& server, const std::stop_token& stop,
                                   const catalog::Catalog& tables,
                                   const std::function<bool(const catalog::Relation&)>& wanted,
                                   measure::Report::Verification& verification);

}  // namespace pghaul::compare
