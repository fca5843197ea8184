#include "rows/sample_bounds.h"

#include <fmt/format.h>

#include <algorithm>

#include "postgres/quote.h"
#include "rows/range_sql.h"

namespace pghaul::rows {
namespace {

std::string sample_sql(const catalog::Relation& table, const Key& key, std::size_t blocks) {
  std::string forms;
  for (const Key::Column& column : key.columns) forms += ", " + binary_form_sql(column);
  const double percent = std::min(100.0, 100.0 * static_cast<double>(blocks) / table.heap_pages);
  return fmt::format("SELECT {0}{1} FROM ONLY {2} TABLESAMPLE SYSTEM ({3:.8f}) ORDER BY {0}", names_sql(key),
                     forms, postgres::quote(table.name.schema, table.name.name), percent);
}

std::string from_hex(std::string_view digits) {
  const auto value = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(value(digits[i]) << 4 | value(digits[i + 1]));
  }
  return bytes;
}

}  // namespace

Result<Buckets> sample_buckets(postgres::Connection& server, const catalog::Relation& table, const Key& key,
                               std::size_t count) {
  const Result<postgres::Rows> rows = server.query(sample_sql(table, key, count));
  if (!rows) return rows.error().during("sampling the keys of " + shown(table.name));
  const int step = std::max(1, rows->size() / static_cast<int>(count));
  const int columns = static_cast<int>(key.columns.size());
  std::vector<Buckets::SortedBound> bounds;
  for (int row = step / 2; row < rows->size(); row += step) {
    Buckets::SortedBound bound;
    for (int i = 0; i < columns; ++i) {
      bound.bound.push_back(rows->string(row, i));
      append_sortable(key.columns[static_cast<std::size_t>(i)].type, from_hex(rows->text(row, columns + i)),
                      bound.sortable);
    }
    if (bounds.empty() || bounds.back().sortable < bound.sortable) bounds.push_back(std::move(bound));
  }
  return Buckets::by_range(key, std::move(bounds));
}

}  // namespace pghaul::rows
