#include "pipeline/chunk.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <new>
#include <utility>

namespace pghaul::pipeline {

Chunk::Chunk(std::size_t capacity)
    : capacity_(capacity), most_rows_(std::max<std::size_t>(capacity / kBytesPerRow, 1)) {
  bytes_.reserve(capacity_);
  row_ends_.reserve(most_rows_);
}

bool Chunk::has_room_for(std::size_t row_bytes) const noexcept {
  if (empty()) return true;
  return bytes_.size() + row_bytes <= capacity_ && rows() < most_rows_;
}

void Chunk::append(std::span<const std::byte> row) {
  assert(has_room_for(row.size()));
  assert(row.size() <= std::numeric_limits<std::uint32_t>::max());
  bytes_.insert(bytes_.end(), row.begin(), row.end());
  row_ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
}

void Chunk::clear() noexcept {
  bytes_.clear();
  row_ends_.clear();
  if (bytes_.capacity() == capacity_) return;
  try {
    std::vector<std::byte> usual;
    usual.reserve(capacity_);
    bytes_.swap(usual);
  } catch (const std::bad_alloc&) {  // the large buffer serves as well, until the next time
  }
}

std::span<const std::byte> Chunk::row(std::size_t index) const noexcept {
  assert(index < rows());
  const std::size_t begin = index == 0 ? 0 : row_ends_[index - 1];
  return bytes().subspan(begin, row_ends_[index] - begin);
}

std::size_t Chunk::memory_bytes() const noexcept {
  return bytes_.capacity() + row_ends_.capacity() * sizeof(std::uint32_t);
}

}  // namespace pghaul::pipeline
