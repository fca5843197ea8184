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

/// Returns the values of one of the columns as one literal, an array of its type.
std::string array_sql(const catalog::Column& column, std::span<const std::vector<std::string_view>> keys,
                      std::size_t place) {
  std::string list;
  for (const std::vector<std::string_view>& key : keys) {
    list += list.empty() ? "\"" : ",\"";
    for (const char c : key[place]) {
      if (c == '"' || c == '\\') list += '\\';
      list += c;
    }
    list += '"';
  }
  return postgres::quote_literal("{" + list + "}") + "::" + column.type_text + "[]";
}

}  // namespace

bool can_find_by(const catalog::Relation& table, const std::vector<std::string>& columns) {
  const std::vector<catalog::Column> copied = copied_columns(table);
  return !columns.empty() && std::ranges::all_of(columns, [&](const std::string& name) {
    const catalog::Column* const column = find(copied, name);
    // An array of arrays would be taken apart down to its elements.
    return column != nullptr && column->type < catalog::kFirstUserOid && !column->type_text.ends_with("[]");
  });
}

/// Rows of an index are found by an array of one column's values; those of several columns are joined.
std::string key_condition(const catalog::Relation& table, const std::vector<std::string>& columns,
                          std::span<const std::vector<std::string_view>> keys) {
  const std::vector<catalog::Column> copied = copied_columns(table);
  if (columns.size() == 1) {
    return fmt::format("{} = ANY ({})", postgres::quote(columns.front()),
                       array_sql(*find(copied, columns.front()), keys, 0));
  }
  std::string names;
  std::string arrays;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const char* const comma = i == 0 ? "" : ", ";
    names += comma + postgres::quote(columns[i]);
    arrays += fmt::format("{}pg_catalog.unnest({})", comma, array_sql(*find(copied, columns[i]), keys, i));
  }
  return fmt::format("({}) IN (SELECT * FROM ROWS FROM ({}) AS keys)", names, arrays);
}

}  // namespace pghaul::rows
