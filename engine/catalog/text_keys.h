#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "catalog/read_catalog.h"
#include "postgres/connection.h"

/// Keys of texts: whether they fit, and in which order they are, depends on the database's encoding and
/// locale.
namespace pghaul::catalog {

/// A partitioned table whose ranges are of texts in the database's order.
struct TextRanges {
  struct Partition {
    Name name;
    std::string bound;  // "FOR VALUES FROM ('a') TO ('m')"
  };
  Name table;
  std::string columns;  // of its key, as CREATE TABLE has them
  std::string key;      // "RANGE (w)"
  std::vector<Partition> partitions;
};
/// Lists those whose key has no expression and no type that users have made. `chosen`: see read_catalog().
[[nodiscard]] Result<std::vector<TextRanges>> read_text_ranges(postgres::Connection& connection,
                                                               const Chosen& chosen);

/// A column of text that is part of a btree index's key, and may be longer than such a key.
struct IndexedText {
  Name table;
  std::string column;
  Name index;
};
[[nodiscard]] Result<std::vector<IndexedText>> read_indexed_texts(postgres::Connection& connection,
                                                                  const Chosen& chosen);

}  // namespace pghaul::catalog
