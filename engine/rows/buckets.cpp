#include "rows/buckets.h"

#include <xxhash.h>

#include <algorithm>

#include "rows/fields.h"

namespace pghaul::rows {
namespace {

std::uint64_t first_bytes(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = number << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  }
  return number;
}

}  // namespace

Buckets Buckets::by_range(Key key, std::vector<SortedBound> bounds) {
  Buckets buckets(std::move(key), bounds.size() + 1, true);
  for (const SortedBound& bound : bounds) buckets.first_bytes_.push_back(first_bytes(bound.sortable));
  buckets.bounds_ = std::move(bounds);
  return buckets;
}

Buckets Buckets::by_hash(Key key, std::size_t count) {
  return {std::move(key), count, false};
}

Range Buckets::range(std::size_t index) const {
  Range range;
  if (index > 0) range.from = bounds_[index - 1].bound;
  if (index < bounds_.size()) range.end = bounds_[index].bound;
  return range;
}

std::size_t Buckets::Finder::bucket_of(std::string_view row) {
  const std::vector<Key::Column>& columns = buckets_->key_.columns;
  if (columns.empty()) return XXH3_64bits(row.data(), row.size()) % buckets_->size_;
  std::size_t last = 0;
  for (const Key::Column& column : columns) last = std::max<std::size_t>(last, column.field);
  split(row, format_, fields_, last + 1);
  bytes_.clear();
  for (const Key::Column& column : columns) {
    if (column.field >= fields_.size()) continue;
    const std::string_view field = fields_[column.field];
    if (buckets_->ranges_) {
      append_sortable(column.type, value_of_binary(field), bytes_);
    } else {
      (bytes_ += field) += '\t';
    }
  }
  return buckets_->ranges_ ? range_of(bytes_) : XXH3_64bits(bytes_.data(), bytes_.size()) % buckets_->size_;
}

/// Looks at the bucket of the row before first, as rows mostly lie in the order in which they were made.
std::size_t Buckets::Finder::range_of(std::string_view sortable) {
  const std::vector<SortedBound>& bounds = buckets_->bounds_;
  const std::vector<std::uint64_t>& numbers = buckets_->first_bytes_;
  const std::uint64_t number = first_bytes(sortable);
  const bool above = last_ == 0 || numbers[last_ - 1] < number;
  if (above && (last_ == numbers.size() || number < numbers[last_])) return last_;
  auto place = static_cast<std::size_t>(std::ranges::lower_bound(numbers, number) - numbers.begin());
  while (place < bounds.size() && numbers[place] == number && bounds[place].sortable <= sortable) ++place;
  last_ = place;
  return place;
}

void BucketDigests::see(const pipeline::Chunk& chunk) {
  for (std::size_t i = 0; i < chunk.rows(); ++i) {
    std::string_view row = as_text(chunk.row(i));
    if (!floats_.empty()) {
      verify::shorten_floats(chunk.row(i), floats_, shortened_);
      row = shortened_;
    }
    const XXH128_hash_t hash = XXH3_128bits(row.data(), row.size());
    digests_[finder_.bucket_of(row)] +=
        {.rows = 1, .bytes = row.size(), .sum_low = hash.low64, .sum_high = hash.high64};
  }
}

}  // namespace pghaul::rows
