#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/tap.h"
#include "postgres/copy_format.h"
#include "rows/finder.h"
#include "rows/key.h"
#include "verify/digest.h"
#include "verify/float_digits.h"

namespace pghaul::rows {

/// Divides a table's rows among buckets, in the same way on both sides: by ranges of the key, or where the
/// server can't find a range of them, by the hash of it.
///
/// Threads  any: it does not change.
class Buckets {
 public:
  /// `bounds`: in order; with the bytes of append_sortable(). Rows have to be in the binary format.
  struct SortedBound {
    Bound bound;
    std::string sortable;
  };
  [[nodiscard]] static Buckets by_range(Key key, std::vector<SortedBound> bounds);
  [[nodiscard]] static Buckets by_hash(Key key, std::size_t count);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool are_ranges() const noexcept { return ranges_; }
  /// Returns the range of keys of bucket `index`, without digests.
  [[nodiscard]] Range range(std::size_t index) const;

  /// Finds the bucket of each row.
  ///
  /// Threads  one.
  class Finder {
   public:
    Finder(const Buckets& buckets, postgres::CopyFormat format) : buckets_(&buckets), format_(format) {}
    [[nodiscard]] std::size_t bucket_of(std::string_view row);

   private:
    [[nodiscard]] std::size_t range_of(std::string_view sortable);

    const Buckets* buckets_;
    postgres::CopyFormat format_;
    std::vector<std::string_view> fields_;  // of the present row
    std::string bytes_;                     // of its key
    std::size_t last_ = 0;                  // the bucket of the row before
  };

 private:
  Buckets(Key key, std::size_t size, bool ranges) : key_(std::move(key)), size_(size), ranges_(ranges) {}

  Key key_;
  std::size_t size_;
  bool ranges_;
  std::vector<SortedBound> bounds_;         // the first keys of the buckets behind the first
  std::vector<std::uint64_t> first_bytes_;  // the first eight of each bound's, as a number
};

/// Adds up the digests of a table's rows by bucket.
class BucketDigests : public pipeline::Tap {
 public:
  BucketDigests(const Buckets& buckets, postgres::CopyFormat format, verify::FloatColumns floats)
      : finder_(buckets, format), floats_(std::move(floats)), digests_(buckets.size()) {}

  void see(const pipeline::Chunk& chunk) override;
  [[nodiscard]] const std::vector<verify::Digest>& digests() const noexcept { return digests_; }

 private:
  Buckets::Finder finder_;
  verify::FloatColumns floats_;
  std::string shortened_;  // the present row
  std::vector<verify::Digest> digests_;
};

}  // namespace pghaul::rows
