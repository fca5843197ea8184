#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pghaul::verify {

/// The definition of a part of a table, taken apart.
struct DefinitionParts {
  std::string frame;                     // the text with a mark in place of each expression
  std::vector<std::string> expressions;  // in the text's order
};

/// Splits what pg_get_indexdef(), pg_get_constraintdef(), pg_get_triggerdef(), pg_get_partkeydef() or
/// pg_get_statisticsobjdef() give, with quote_all_identifiers.
///
/// Source  PostgreSQL's src/backend/utils/adt/ruleutils.c: a key that is an expression stands in parentheses
/// or is a function's call; what follows CHECK and WHEN stands in parentheses.
[[nodiscard]] DefinitionParts take_apart(std::string_view definition);

}  // namespace pghaul::verify
