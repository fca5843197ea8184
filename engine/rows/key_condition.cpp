#include "rows/key_condition.h"

#include <fmt/format.h>

#include <algorithm>

#include "postgres/quote.h"
#include "rows/key.h"

namespace pghaul::rows {
namespace {

const catalog::Column* find(const std::vector<catalog::Column>& columns, const std::string& name) {
  const auto found = std::ranges::find(columns, name, &catalog::Column::name);
  return found == columns.end() ? nullptr : &*found;
}

/// Returns the values of one of the columns as an array.
std::string array_sql(std::span<const std::vector<std::string_view>> keys, std::size_t column) {
  std::string list;
  for (const std::vector<std::string_view>& key : keys) {
    list += (list.empty() ? "" : ",") + postgres::quote_literal(key[column]);
  }
  return "ARRAY[" + list + "]";
}

}  // namespace

bool can_find_by(const catalog::Relation& table, const std::vector<std::string>& columns) {
  const std::vector<catalog::Column> copied = copied_columns(table);
  return !columns.empty() && std::ranges::all_of(columns, [&](const std::string& name) {
    const catalog::Column* const column = find(copied, name);
    return column != nullptr && column->type < catalog::kFirstUserOid;
  });
}

/// Rows of an index are found by an array of one column's values; those of several columns are joined.
std::string key_condition(const catalog::Relation& table, const std::vector<std::string>& columns,
                          std::span<const std::vector<std::string_view>> keys) {
  const std::vector<catalog::Column> copied = copied_columns(table);
  if (columns.size() == 1) {
    return fmt::format("{} = ANY ({}::{}[])", postgres::quote(columns.front()), array_sql(keys, 0),
                       find(copied, columns.front())->type_text);
  }
  std::string names;
  std::string values;
  std::string arrays;
  std::string aliases;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const char* const comma = i == 0 ? "" : ", ";
    names += comma + postgres::quote(columns[i]);
    values += fmt::format("{}k.c{}::{}", comma, i, find(copied, columns[i])->type_text);
    arrays += fmt::format("{}pg_catalog.unnest({}::text[])", comma, array_sql(keys, i));
    aliases += fmt::format("{}c{}", comma, i);
  }
  return fmt::format("({}) IN (SELECT {} FROM ROWS FROM ({}) AS k({}))", names, values, arrays, aliases);
}

}  // namespace pghaul::rows
