#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/model.h"

namespace pghaul::rows {

/// Tells whether rows can be found by the values of these columns of the table: all are copied, and of types
/// that every server compares alike, whatever else is installed.
[[nodiscard]] bool can_find_by(const catalog::Relation& table, const std::vector<std::string>& columns);

/// Returns a condition for the rows whose `columns` have one of the given lists of values, which are texts as
/// the server writes them. Of columns for which can_find_by() is true. Pure.
[[nodiscard]] std::string key_condition(const catalog::Relation& table,
                                        const std::vector<std::string>& columns,
                                        std::span<const std::vector<std::string_view>> keys);

}  // namespace pghaul::rows
