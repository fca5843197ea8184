#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "postgres/copy_format.h"

namespace pghaul::rows {

/// The place of a row in a server's storage, as long as its snapshot is held.
struct Locator {
  catalog::Place relation = catalog::kNone;  // kNone: nowhere
  std::uint32_t block = 0;
  std::uint16_t line = 0;

  friend bool operator==(const Locator&, const Locator&) = default;
};

/// One row of one side.
struct FetchedRow {
  std::string key;  // the bytes of its key's columns; of a table without a key, of all
  std::string row;  // the bytes of all columns
  Locator place;
};

/// One row in which the two sides differ.
struct Difference {
  enum class Kind { missing, extra, changed };  // only the source has it; only the target; both, otherwise
  Kind kind = Kind::changed;
  Locator source;
  Locator target;
  std::vector<std::uint32_t> columns;  // places of a changed row's columns that differ
  std::size_t bytes = 0;               // of the source's row

  friend bool operator==(const Difference&, const Difference&) = default;
};

/// Pairs the rows of both sides by key, and returns the differences in the order of the keys' bytes.
///
/// Rows that are equal are paired first; of those that are left, one of each side makes a changed row where
/// the key is a part of it. So a row which is there twice on one side and once on the other is one
/// difference. Without a key, FetchedRow::key is the whole row, and no row is a changed one.
[[nodiscard]] std::vector<Difference> pair_rows(std::vector<FetchedRow> source,
                                                std::vector<FetchedRow> target, postgres::CopyFormat format);

}  // namespace pghaul::rows
