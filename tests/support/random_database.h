#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace pghaul::support {

/// Random tables of all kinds of keys, some partitioned, some that refer to others, and random changes of
/// them.
class RandomDatabase {
 public:
  explicit RandomDatabase(std::uint64_t seed);

  [[nodiscard]] std::string schema() const;
  [[nodiscard]] std::vector<std::string> tables() const;
  /// Returns a statement that changes a table; it may fail, as where a value has to be unique.
  std::string change();
  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  struct Column {
    std::string name;
    std::string type;
    bool in_key = false;
    std::string references;
  };
  struct Table {
    std::string name;
    std::vector<Column> columns;
    std::string sql;
  };

  void add_table(const std::string& name);
  void write_sql(Table& table, std::size_t key_columns, bool partitioned);
  std::string value(const Column& column);
  std::string assignment(const Table& table);
  std::string condition(const Table& table);

  std::mt19937_64 random_;
  std::vector<Table> tables_;
};

}  // namespace pghaul::support
