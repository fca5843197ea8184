#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "catalog/model.h"
#include "postgres/connection.h"
#include "rows/buckets.h"
#include "rows/table_comparison.h"

namespace pghaul::rows {

/// The tables whose rows are counted by bucket while they are read for the first time, so that it is known
/// where those lie that differ.
///
/// Threads  any, once all tables are in.
class DividedTables {
 public:
  /// `places`: the table's, or those of a tree's tables, whose rows fall in the same buckets.
  void add(const std::vector<catalog::Place>& places, Buckets buckets);

  /// Returns nullptr for a table that is not among them.
  [[nodiscard]] const Buckets* buckets(catalog::Place place) const;
  /// Adds what a part of a table gave on one side.
  void count(catalog::Place place, postgres::Side side, const std::vector<verify::Digest>& digests);
  /// Returns both sides' digests of the table's buckets; nullptr: it is not among them. Once all is counted.
  [[nodiscard]] const BucketTally* tally(catalog::Place place) const;

 private:
  struct Table {
    explicit Table(Buckets of_table) : buckets(std::move(of_table)) {}
    Buckets buckets;
    BucketTally tally;
  };
  std::map<catalog::Place, std::shared_ptr<Table>> tables_;
  std::mutex mutex_;  // guards the tallies
};

}  // namespace pghaul::rows
