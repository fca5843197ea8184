#include "rows/finder.h"

#include <algorithm>
#include <utility>

namespace pghaul::rows {
namespace {

using postgres::Side;

class Finder {
 public:
  Finder(RangeReader& reader, const Limits& limits) : reader_(reader), limits_(limits) {}

  Status look_at(const Range& range) {
    if (range.source == range.target) return {};
    if (range.rows() <= limits_.rows && range.bytes() <= limits_.bytes) return add(range);
    Result<std::vector<Range>> parts = divide(range);
    if (!parts) return fail(parts.error());
    if (parts->size() == 1) return add(range);
    for (const Range& part : *parts) {
      if (Status looked = look_at(part); !looked) return looked;
    }
    return {};
  }

  /// Compares what has been gathered.
  Status flush() {
    if (gathered_.empty()) return {};
    rows_ = bytes_ = 0;
    return reader_.compare(std::exchange(gathered_, {}));
  }

 private:
  Status add(const Range& range) {
    if (rows_ + range.rows() > limits_.rows || bytes_ + range.bytes() > limits_.bytes) {
      if (Status compared = flush(); !compared) return compared;
    }
    rows_ += range.rows();
    bytes_ += range.bytes();
    gathered_.push_back(range);
    return {};
  }

  /// Divides the range where the side with more rows has keys; a single part where that has only one.
  Result<std::vector<Range>> divide(const Range& range) {
    const Side fuller = range.source.rows >= range.target.rows ? Side::source : Side::target;
    const std::uint64_t wanted = range.rows() / limits_.parts;
    Result<std::vector<Bound>> bounds = reader_.divide(fuller, range, std::max<std::uint64_t>(wanted, 1));
    if (!bounds) return fail(bounds.error());
    std::erase_if(*bounds, [&](const Bound& bound) { return bound == range.from; });
    bounds->erase(std::unique(bounds->begin(), bounds->end()), bounds->end());
    std::vector<Range> parts(1, {.from = range.from});
    for (Bound& bound : *bounds) {
      parts.back().end = bound;
      parts.push_back({.from = std::move(bound)});
    }
    parts.back().end = range.end;
    if (parts.size() == 1) return parts;
    for (Range& part : parts) {
      for (const auto& [side, digest] :
           {std::pair{Side::source, &part.source}, {Side::target, &part.target}}) {
        const Result<verify::Digest> read = reader_.digest(side, part);
        if (!read) return fail(read.error());
        *digest = *read;
      }
    }
    return parts;
  }

  RangeReader& reader_;
  Limits limits_;
  std::vector<Range> gathered_;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Status find_differences(RangeReader& reader, std::vector<Range> ranges, const Limits& limits) {
  Finder finder(reader, limits);
  for (const Range& range : ranges) {
    if (Status looked = finder.look_at(range); !looked) return looked;
  }
  return finder.flush();
}

}  // namespace pghaul::rows
