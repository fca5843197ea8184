#include "support/random_database.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pghaul::support {

RandomDatabase::RandomDatabase(std::uint64_t seed) : random_(seed) {
  for (int i = 0; i < 4; ++i) add_table("t" + std::to_string(i));
}

std::string RandomDatabase::schema() const {
  std::string sql;
  for (const Table& table : tables_) sql += table.sql;
  return sql;
}

std::vector<std::string> RandomDatabase::tables() const {
  std::vector<std::string> names;
  for (const Table& table : tables_) names.push_back(table.name);
  return names;
}

std::string RandomDatabase::change() {
  const Table& table = tables_[below(tables_.size())];
  switch (below(20)) {
    case 0:
      return "TRUNCATE " + table.name + " CASCADE";
    case 1:
    case 2:
    case 3:
      return "DELETE FROM " + table.name + condition(table);
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
      return "UPDATE " + table.name + " SET " + assignment(table) + condition(table);
    default: {
      std::string values;
      for (const Column& column : table.columns) values += (values.empty() ? "" : ", ") + value(column);
      return "INSERT INTO " + table.name + " VALUES (" + values + ") ON CONFLICT DO NOTHING";
    }
  }
}

void RandomDatabase::add_table(const std::string& name) {
  Table table{.name = name, .columns = {}, .sql = {}};
  const std::size_t key_columns = below(3);  // 0: identity FULL
  const bool partitioned = key_columns > 0 && below(3) == 0;
  for (std::size_t i = 0; i < key_columns; ++i) {
    table.columns.push_back(
        {.name = "k" + std::to_string(i), .type = below(3) > 0 ? "int" : "text", .in_key = true});
  }
  const std::size_t values = 1 + below(5);
  for (std::size_t i = 0; i < values; ++i) {
    const char* const types[] = {"int", "text", "numeric", "text STORAGE", "int[]", "timestamptz"};
    table.columns.push_back({.name = "v" + std::to_string(i), .type = types[below(std::size(types))]});
  }
  const Table* const parent = tables_.empty() || below(2) == 0 ? nullptr : &tables_[below(tables_.size())];
  const bool refers = parent != nullptr && parent->columns.front().in_key &&
                      parent->columns.front().type == "int" && !parent->columns[1].in_key;
  if (refers) table.columns.push_back({.name = "up", .type = "int", .references = parent->name});
  std::shuffle(table.columns.begin() + static_cast<std::ptrdiff_t>(key_columns), table.columns.end(),
               random_);
  write_sql(table, key_columns, partitioned);
  tables_.push_back(std::move(table));
}

void RandomDatabase::write_sql(Table& table, std::size_t key_columns, bool partitioned) {
  std::string columns;
  std::string key;
  std::string after;
  for (const Column& column : table.columns) {
    const bool large = column.type == "text STORAGE";
    columns += (columns.empty() ? "" : ", ") + column.name + " " + (large ? "text" : column.type);
    if (column.in_key) key += (key.empty() ? "" : ", ") + column.name;
    if (!column.references.empty()) {
      columns += " REFERENCES " + column.references + " ON UPDATE CASCADE ON DELETE CASCADE";
    }
    if (large) after += "ALTER TABLE " + table.name + " ALTER " + column.name + " SET STORAGE EXTERNAL;";
    const bool unique = !partitioned && !column.in_key && column.type != "int[]" && below(3) == 0;
    if (unique && !large) after += "CREATE UNIQUE INDEX ON " + table.name + " (" + column.name + ");";
  }
  if (key_columns > 0) columns += ", PRIMARY KEY (" + key + ")";
  if (key_columns == 0) after += "ALTER TABLE " + table.name + " REPLICA IDENTITY FULL;";
  table.sql = "CREATE TABLE " + table.name + " (" + columns + ")" +
              (partitioned ? " PARTITION BY HASH (k0)" : "") + ";";
  for (int part = 0; partitioned && part < 2; ++part) {
    const std::string number = std::to_string(part);
    table.sql += "CREATE TABLE " + table.name + "_" + number + " PARTITION OF " + table.name +
                 " FOR VALUES WITH (MODULUS 2, REMAINDER " + number + ");";
  }
  table.sql += after;
}

std::string RandomDatabase::value(const Column& column) {
  const std::string some = std::to_string(below(25));
  if (!column.references.empty())
    return "(SELECT k0 FROM " + column.references + " ORDER BY random() LIMIT 1)";
  if (!column.in_key && below(6) == 0) return "NULL";
  if (column.type == "text") return below(8) == 0 ? "''" : "'x" + some + "'";
  if (column.type == "numeric") return some + (below(2) == 0 ? ".0" : ".00");
  if (column.type == "text STORAGE")
    return "(SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 80))";
  if (column.type == "int[]") return "ARRAY[" + some + ", NULL]";
  if (column.type == "timestamptz") return "'2026-01-01'::timestamptz + interval '" + some + " hours'";
  return some;
}

std::string RandomDatabase::assignment(const Table& table) {
  const Column& column = table.columns[below(table.columns.size())];
  if (column.type == "int" && column.references.empty() && below(3) == 0) {
    return column.name + " = " + column.name + " + 1";
  }
  return column.name + " = " + value(column);
}

std::string RandomDatabase::condition(const Table& table) {
  const Column& column = table.columns[below(table.columns.size())];
  if (column.type == "text STORAGE" || below(5) == 0) return " WHERE random() < 0.2";
  return " WHERE " + column.name + " = " + value(column);
}

}  // namespace pghaul::support
