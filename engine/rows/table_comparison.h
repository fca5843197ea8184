#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "pipeline/chunk.h"
#include "postgres/connection.h"
#include "rows/buckets.h"
#include "rows/compared_table.h"
#include "rows/finder.h"
#include "rows/pair_rows.h"

namespace pghaul::rows {

/// The digests of a table's buckets on both sides.
struct BucketTally {
  const Buckets* buckets = nullptr;
  std::vector<verify::Digest> source;
  std::vector<verify::Digest> target;
};

/// Finds the rows in which a table differs.
///
/// Where the key can be read by ranges, only ranges whose digests differ are read again. Otherwise the whole
/// table is, and of it only rows are kept that fall in a bucket which differs.
/// Ownership  none of its arguments.
/// Threads    one.
class TableComparison final : private RangeReader {
 public:
  /// Takes differences as they are found, some at a time.
  using Found = std::function<Status(std::vector<Difference>)>;

  /// The connections are in transactions that show what is compared.
  TableComparison(const ComparedTable& table, postgres::Connection& source, postgres::Connection& target,
                  pipeline::Chunk& buffer, Found found)
      : table_(table), source_(source), target_(target), buffer_(buffer), found_(std::move(found)) {}

  /// `whole`: all keys, with both digests of the whole table. `tally`: nullptr: it has not been divided.
  [[nodiscard]] Status run(const Range& whole, const BucketTally* tally);

 private:
  [[nodiscard]] Result<std::vector<Bound>> divide(postgres::Side side, const Range& range,
                                                  std::uint64_t rows_each) override;
  [[nodiscard]] Result<verify::Digest> digest(postgres::Side side, const Range& range) override;
  [[nodiscard]] Status compare(const std::vector<Range>& ranges) override;

  using Wanted = std::function<bool(std::string_view row)>;
  [[nodiscard]] Status compare_by_hash(const Range& whole, const BucketTally* tally);
  [[nodiscard]] Result<std::vector<verify::Digest>> bucket_digests(postgres::Connection& server,
                                                                   const Buckets& buckets);
  [[nodiscard]] Status compare_buckets(const BucketTally& tally);
  [[nodiscard]] Status compare_wanted(const std::vector<Range>& ranges, const Wanted& wanted);
  [[nodiscard]] Result<std::vector<FetchedRow>> fetch(postgres::Connection& server,
                                                      const std::vector<Range>& ranges, const Wanted& wanted);

  [[nodiscard]] postgres::Connection& server(postgres::Side side) {
    return side == postgres::Side::source ? source_ : target_;
  }

  const ComparedTable& table_;
  postgres::Connection& source_;
  postgres::Connection& target_;
  pipeline::Chunk& buffer_;
  Found found_;
};

}  // namespace pghaul::rows
