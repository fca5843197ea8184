#include "support/memory_source.h"

#include <utility>

namespace pghaul::support {

void MemorySource::fail_after(std::size_t rows, Error failure) {
  fails_at_ = rows;
  failure_ = std::move(failure);
}

Status MemorySource::fill(pipeline::Chunk& chunk) {
  while (next_ < rows_.rows.size()) {
    if (failure_ && next_ == fails_at_) return fail(*failure_);
    const std::vector<std::byte>& row = rows_.rows[next_];
    if (!chunk.has_room_for(row.size())) break;
    chunk.append(row);
    ++next_;
  }
  return {};
}

}  // namespace pghaul::support
