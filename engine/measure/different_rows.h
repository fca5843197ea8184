#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pghaul::measure {

/// One row in which source and target differ, with its values as text.
struct DifferentRow {
  struct Side {  // a value, or nothing: NULL
    std::optional<std::string> value;
  };
  struct Column {
    std::string name;
    std::optional<Side> source, target;  // absent: that side does not have the row
  };
  const char* kind = "";                                 // missing, extra or changed
  std::vector<std::pair<std::string, std::string>> key;  // empty: the table has none
  std::vector<Column> columns;                           // of a changed row, those that differ

  /// Renders it for a file: one JSON object. `object`: the table that it is of.
  [[nodiscard]] std::string to_json(const std::string& object) const;
};

/// The rows in which one table, or the large objects, differ.
struct DifferentRows {
  std::string object;  // as the mismatch names it
  std::uint64_t missing = 0, extra = 0, changed = 0;
  std::vector<DifferentRow> rows;  // the first of them, with long values shortened
  std::string unnamed;             // the reason why they are not known; empty: they are
};

/// Returns the text with no more than `bytes` of it, and an ellipsis where it is longer.
[[nodiscard]] std::string shortened(const std::string& text, std::size_t bytes);

}  // namespace pghaul::measure
