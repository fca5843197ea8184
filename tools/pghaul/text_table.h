#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "style.h"

namespace pghaul::command {

/// Rows of cells in aligned columns.
class TextTable {
 public:
  enum class Side { left, right };
  struct Column {
    std::string header;
    Side side = Side::left;
  };

  explicit TextTable(std::vector<Column> columns);

  /// `cells`, one per column, are escaped.
  void add(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }
  /// Renders the table, each line indented by two. On a terminal the first column is cut so that lines fit
  /// into `columns`.
  [[nodiscard]] std::string text(std::size_t columns, const Style& style) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // the headers first
};

}  // namespace pghaul::command
