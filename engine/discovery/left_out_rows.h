#pragma once

#include <set>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/options.h"

namespace pghaul::discovery {

/// Leaves out rows as options ask: all (--schema-only), those of some tables (--exclude-table-data), those
/// that do not fit a condition (--where). Their tables are copied nevertheless, and what is left out is named
/// in Discovery::left_out. A pattern that names no schema must match tables of one schema alone: sessions
/// have no search_path.
///
/// Errors  usage for a pattern that can't be read, or leaves open which schema it means, and for a condition
///         that is none on the source, or without a table.
[[nodiscard]] Status leave_out_rows(Discovery& found, const Options& options, const std::stop_token& stop);

/// Returns the tables of which not all rows are copied as options leave some out, and the partitioned tables
/// above these.
[[nodiscard]] std::set<catalog::Oid> lacking_rows(const catalog::Catalog& source);

/// The two parts of --where.
struct RowsOfTable {
  std::string table;  // a pattern
  std::string condition;
};

/// Divides "TABLE=CONDITION" at the first '=' outside of quotes. Errors  usage where one of them is missing.
[[nodiscard]] Result<RowsOfTable> parse_where(const std::string& text);

}  // namespace pghaul::discovery
