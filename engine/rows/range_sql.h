#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"
#include "postgres/copy_format.h"
#include "rows/finder.h"
#include "rows/key.h"

/// The statements by which rows of parts of a table are read.
namespace pghaul::rows {

/// Returns the key's columns, with commas between them.
[[nodiscard]] std::string names_sql(const Key& key);
/// Returns the condition for keys in one of the ranges, which come in order; empty: all are.
[[nodiscard]] std::string condition_sql(const Key& key, const std::vector<Range>& ranges);

/// Returns a COPY of the copied columns of rows with keys in one of the ranges. `located`: with the row's
/// place in front, as ctid.
[[nodiscard]] std::string copy_ranges_sql(const catalog::Relation& table, const Key& key,
                                          const std::vector<Range>& ranges, postgres::CopyFormat format,
                                          bool located);
/// Returns a COPY, in binary, of the keys in one of the ranges, in order.
[[nodiscard]] std::string copy_keys_sql(const catalog::Relation& table, const Key& key,
                                        const std::vector<Range>& ranges);
/// Returns a query that gives one row: how many rows each of the ranges has.
[[nodiscard]] std::string count_ranges_sql(const std::string& table, const Key& key,
                                           const std::vector<Range>& ranges);
/// Returns a query of keys within the range, in order: that of each `step`th row.
[[nodiscard]] std::string divide_sql(const catalog::Relation& table, const Key& key, const Range& range,
                                     std::uint64_t step);

}  // namespace pghaul::rows
