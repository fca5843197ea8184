#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"
#include "verify/digest.h"

namespace pghaul::rows {

/// The values of a key's columns, as SQL takes them: where a range of keys begins or ends.
using Bound = std::vector<std::string>;

/// The keys from `from` on and before `end`, with the digests of their rows on both sides.
struct Range {
  std::optional<Bound> from;  // absent: from the first on
  std::optional<Bound> end;   // absent: to the last
  verify::Digest source;
  verify::Digest target;

  [[nodiscard]] std::uint64_t rows() const noexcept { return std::max(source.rows, target.rows); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return std::max(source.bytes, target.bytes); }
};

/// The two tables whose rows are compared by ranges of their keys.
class RangeReader {
 public:
  RangeReader() = default;
  RangeReader(const RangeReader&) = delete;
  RangeReader& operator=(const RangeReader&) = delete;
  virtual ~RangeReader() = default;

  /// Returns keys of that side's rows within the range, in order, one after each `rows_each` rows. May return
  /// its first key, which divides nothing.
  [[nodiscard]] virtual Result<std::vector<Bound>> divide(postgres::Side side, const Range& range,
                                                          std::uint64_t rows_each) = 0;
  [[nodiscard]] virtual Result<verify::Digest> digest(postgres::Side side, const Range& range) = 0;
  /// Compares the rows of ranges, which come in order and don't overlap, one by one.
  [[nodiscard]] virtual Status compare(const std::vector<Range>& ranges) = 0;
};

/// The ranges that are compared row by row at once: small enough for memory.
struct Limits {
  std::uint64_t rows = 20'000;
  std::uint64_t bytes = std::uint64_t{16} << 20;
  std::uint64_t parts = 16;  // into which a larger one is divided
};

/// Has the rows compared of all ranges in which they differ, and of as few others as that takes: a range with
/// many rows is divided into parts, whose digests tell which of them differ.
///
/// `ranges`: in order, without overlaps. Only rows whose digests differ are sent, so that what it costs grows
/// with the differences and not with the tables.
[[nodiscard]] Status find_differences(RangeReader& reader, std::vector<Range> ranges,
                                      const Limits& limits = {});

}  // namespace pghaul::rows
