#include "rows/range_sql.h"

#include <fmt/format.h>

#include <utility>

#include "postgres/quote.h"

namespace pghaul::rows {
namespace {

std::string quoted(const catalog::Relation& table) {
  return postgres::quote(table.name.schema, table.name.name);
}

std::string values_sql(const Bound& bound) {
  std::string list;
  for (const std::string& value : bound) {
    if (!list.empty()) list += ", ";
    list += postgres::quote_literal(value);
  }
  return list;
}

/// A server finds the rows by a comparison of whole keys in an index of just these columns.
std::string compared(const Key& key, const char* how, const Bound& bound) {
  if (key.columns.size() == 1) return fmt::format("{} {} {}", names_sql(key), how, values_sql(bound));
  return fmt::format("({}) {} ({})", names_sql(key), how, values_sql(bound));
}

std::string condition_of(const Key& key, const Range& range) {
  std::string condition;
  if (range.from) condition = compared(key, ">=", *range.from);
  if (range.end) condition += (condition.empty() ? "" : " AND ") + compared(key, "<", *range.end);
  return condition;
}

/// Puts ranges that follow each other without a gap together.
std::vector<Range> joined(const std::vector<Range>& ranges) {
  std::vector<Range> all;
  for (const Range& range : ranges) {
    if (!all.empty() && all.back().end && all.back().end == range.from) {
      all.back().end = range.end;
    } else {
      all.push_back(range);
    }
  }
  return all;
}

std::string where(const catalog::Relation& table, const std::string& condition) {
  std::string sql = condition.empty() ? "" : " WHERE (" + condition + ")";
  if (!table.condition.empty()) sql += (sql.empty() ? " WHERE (" : " AND (") + table.condition + ")";
  return sql;
}

}  // namespace

std::string names_sql(const Key& key) {
  std::string list;
  for (const Key::Column& column : key.columns) {
    if (!list.empty()) list += ", ";
    list += postgres::quote(column.name);
  }
  return list;
}

std::string condition_sql(const Key& key, const std::vector<Range>& ranges) {
  std::string all;
  for (const Range& range : joined(ranges)) {
    const std::string condition = condition_of(key, range);
    if (condition.empty()) return {};
    all += (all.empty() ? "" : " OR ") + condition;
  }
  return all;
}

std::string copy_ranges_sql(const catalog::Relation& table, const Key& key, const std::vector<Range>& ranges,
                            postgres::CopyFormat format, bool located) {
  std::string columns = located ? "ctid" : "";
  for (const catalog::Column& column : copied_columns(table)) {
    if (!columns.empty()) columns += ", ";
    columns += postgres::quote(column.name);
  }
  return fmt::format("COPY (SELECT {} FROM ONLY {}{}) TO STDOUT (FORMAT {})", columns, quoted(table),
                     where(table, condition_sql(key, ranges)), postgres::copy_format_name(format));
}

std::string copy_keys_sql(const catalog::Relation& table, const Key& key, const std::vector<Range>& ranges) {
  return fmt::format("COPY (SELECT {0} FROM ONLY {1}{2} ORDER BY {0}) TO STDOUT (FORMAT binary)",
                     names_sql(key), quoted(table), where(table, condition_sql(key, ranges)));
}

std::string count_ranges_sql(const std::string& table, const Key& key, const std::vector<Range>& ranges) {
  std::string counts;
  for (const Range& range : ranges) {
    const std::string condition = condition_sql(key, {range});
    counts += fmt::format("{}(SELECT pg_catalog.count(*) FROM {}{}{})", counts.empty() ? "" : ", ", table,
                          condition.empty() ? "" : " WHERE ", condition);
  }
  return "SELECT " + counts;
}

std::string divide_sql(const catalog::Relation& table, const Key& key, const Range& range,
                       std::uint64_t step) {
  return fmt::format(
      "SELECT {0} FROM (SELECT {0}, pg_catalog.row_number() OVER (ORDER BY {0}) AS \"number of row\""
      " FROM ONLY {1}{2}) AS numbered WHERE \"number of row\" % {3} = 0 ORDER BY {0}",
      names_sql(key), quoted(table), where(table, condition_sql(key, {range})), step);
}

}  // namespace pghaul::rows
